"""boto3 against a server: each function is one case, run as `python boto3_cases.py NAME`."""

import base64
import concurrent.futures
import hashlib
import io
import json
import os
import zlib

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from client import expect_error, make_client, new_bucket, parameters, run_case

MIB = 1024 * 1024
s3 = make_client()


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def round_trip():
    bucket = new_bucket(s3)
    data = os.urandom(100_000)
    put = s3.put_object(
        Bucket=bucket,
        Key="a",
        Body=data,
        ContentType="chemical/x-pdb",
        CacheControl="no-cache",
        ContentDisposition='attachment; filename="x.pdb"',
        Metadata={"run": "7", "note": "two words"},
    )
    assert put["ETag"] == f'"{hashlib.md5(data).hexdigest()}"', put
    assert put["ChecksumCRC32"] == crc32(data), put
    assert put["ServerSideEncryption"] == "AES256", put
    got = s3.get_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert got["Body"].read() == data
    assert got["ChecksumCRC32"] == crc32(data), got
    assert got["ChecksumType"] == "FULL_OBJECT", got
    for answer in (got, s3.head_object(Bucket=bucket, Key="a")):
        assert answer["ContentLength"] == len(data), answer
        assert answer["ContentType"] == "chemical/x-pdb", answer
        assert answer["CacheControl"] == "no-cache", answer
        assert answer["ContentDisposition"] == 'attachment; filename="x.pdb"', answer
        assert answer["Metadata"] == {"run": "7", "note": "two words"}, answer
        assert answer["AcceptRanges"] == "bytes", answer
    s3.delete_object(Bucket=bucket, Key="a")
    with expect_error("NoSuchKey", 404) as seen:
        s3.get_object(Bucket=bucket, Key="a")
    assert seen["Error"]["Key"] == "a", seen
    with expect_error("404", 404):
        s3.head_object(Bucket=bucket, Key="a")
    s3.delete_object(Bucket=bucket, Key="a")
    s3.delete_bucket(Bucket=bucket)
    with expect_error("NoSuchBucket", 404):
        s3.list_objects_v2(Bucket=bucket)


def empty_object():
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="empty", Body=b"")
    got = s3.get_object(Bucket=bucket, Key="empty")
    assert got["Body"].read() == b""
    assert got["ContentType"] == "binary/octet-stream", got
    # A file-like body of no bytes makes botocore send Expect: 100-continue with nothing to follow.
    s3.upload_fileobj(io.BytesIO(b""), bucket, "empty file")
    assert s3.head_object(Bucket=bucket, Key="empty file")["ContentLength"] == 0


def odd_keys():
    bucket = new_bucket(s3)
    keys = parameters["xmlKeys"] + parameters["controlKeys"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    for key in keys:
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode(), key
        assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == len(key.encode()), key
    in_order = sorted(keys, key=lambda key: key.encode())
    for name, page_size in (("list_objects_v2", 7), ("list_objects", 7), ("list_objects_v2", 1000)):
        pages = s3.get_paginator(name).paginate(
            Bucket=bucket, PaginationConfig={"PageSize": page_size}
        )
        listed = [item["Key"] for page in pages for item in page.get("Contents", [])]
        assert listed == in_order, (name, page_size, set(listed) ^ set(in_order), listed)
    for key in keys:
        s3.copy_object(
            Bucket=bucket, Key="copy/" + key[:1000], CopySource={"Bucket": bucket, "Key": key}
        )
        copied = s3.get_object(Bucket=bucket, Key="copy/" + key[:1000])["Body"].read()
        assert copied == key.encode(), key
        s3.delete_object(Bucket=bucket, Key="copy/" + key[:1000])
    # XML 1.0, the request's language, has no way to write control characters.
    for key in parameters["controlKeys"]:
        s3.delete_object(Bucket=bucket, Key=key)
    answer = s3.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": key} for key in parameters["xmlKeys"]]}
    )
    assert "Errors" not in answer, answer
    deleted = [item["Key"] for item in answer["Deleted"]]
    assert sorted(deleted) == sorted(parameters["xmlKeys"]), answer
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def listing():
    bucket = new_bucket(s3)
    keys = [f"{folder}/{i:03}" for folder in ("a", "b", "c+d e") for i in range(60)] + ["top"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=b"x"), keys))

    top = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [item["Prefix"] for item in top["CommonPrefixes"]] == ["a/", "b/", "c+d e/"], top
    assert [item["Key"] for item in top["Contents"]] == ["top"], top
    assert (top["KeyCount"], top["IsTruncated"]) == (4, False), top

    pages = []
    token = {}
    while True:
        page = s3.list_objects_v2(Bucket=bucket, Delimiter="/", MaxKeys=1, **token)
        pages.append(page)
        if not page["IsTruncated"]:
            break
        token = {"ContinuationToken": page["NextContinuationToken"]}
    assert len(pages) == 4, pages
    assert "NextContinuationToken" not in pages[-1]

    first = s3.list_objects_v2(Bucket=bucket, Prefix="a/", MaxKeys=10)
    assert [item["Key"] for item in first["Contents"]] == [f"a/{i:03}" for i in range(10)], first
    after = s3.list_objects_v2(Bucket=bucket, Prefix="a/", StartAfter="a/057", FetchOwner=True)
    assert [item["Key"] for item in after["Contents"]] == ["a/058", "a/059"], after
    assert after["Contents"][0]["Owner"]["ID"], after
    assert after["Contents"][0]["ETag"] == f'"{hashlib.md5(b"x").hexdigest()}"', after
    assert after["Contents"][0]["StorageClass"] == "STANDARD", after

    old = s3.list_objects(Bucket=bucket, Delimiter="/", MaxKeys=2)
    assert old["NextMarker"] == "b/", old
    rest = s3.list_objects(Bucket=bucket, Delimiter="/", Marker=old["NextMarker"])
    assert [item["Prefix"] for item in rest["CommonPrefixes"]] == ["c+d e/"], rest
    assert [item["Key"] for item in rest["Contents"]] == ["top"], rest

    none = s3.list_objects_v2(Bucket=bucket, MaxKeys=0)
    assert (none["KeyCount"], none["IsTruncated"]) == (0, False), none
    with expect_error("InvalidArgument", 400):
        s3.list_objects_v2(Bucket=bucket, ContinuationToken="no such token")


def large_file():
    """64 MiB in parts of 8, with the transfer manager's threads."""
    bucket = new_bucket(s3)
    data = os.urandom(64 * MIB)
    with open("large.bin", "wb") as file:
        file.write(data)
    config = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB)
    s3.upload_file("large.bin", bucket, "large", Config=config)
    head = s3.head_object(Bucket=bucket, Key="large", ChecksumMode="ENABLED")
    assert head["ContentLength"] == 64 * MIB, head
    digests = [hashlib.md5(data[i : i + 8 * MIB]).digest() for i in range(0, len(data), 8 * MIB)]
    assert head["ETag"] == f'"{hashlib.md5(b"".join(digests)).hexdigest()}-8"', head
    s3.download_file(bucket, "large", "large.back", Config=config)
    with open("large.back", "rb") as file:
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(data).digest()
    part = s3.head_object(Bucket=bucket, Key="large", PartNumber=2)
    assert (part["ContentLength"], part["PartsCount"]) == (8 * MIB, 8), part
    attributes = s3.get_object_attributes(
        Bucket=bucket, Key="large", ObjectAttributes=["ObjectParts", "ObjectSize", "ETag"]
    )
    assert attributes["ObjectParts"]["TotalPartsCount"] == 8, attributes
    assert attributes["ObjectSize"] == 64 * MIB, attributes
    assert attributes["ETag"] == head["ETag"].strip('"'), attributes


def multipart_by_hand():
    bucket = new_bucket(s3)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k é", Metadata={"m": "1"})["UploadId"]
    target = {"Bucket": bucket, "Key": "k é", "UploadId": upload}
    first = s3.upload_part(**target, PartNumber=1, Body=b"a" * 5 * MIB)["ETag"]
    s3.upload_part(**target, PartNumber=3, Body=b"wrong")
    third = s3.upload_part(**target, PartNumber=3, Body=b"right")["ETag"]
    listed = s3.list_parts(**target)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, 5 * MIB), (3, 5)], listed
    uploads = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [(item["Key"], item["UploadId"]) for item in uploads] == [("k é", upload)], uploads
    with expect_error("404", 404):
        s3.head_object(Bucket=bucket, Key="k é")

    def complete(*parts):
        listed_parts = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        return s3.complete_multipart_upload(**target, MultipartUpload={"Parts": listed_parts})

    with expect_error("InvalidPart", 400):
        complete((1, first), (2, third))
    with expect_error("InvalidPartOrder", 400):
        complete((3, third), (1, first))
    done = complete((1, first), (3, third))
    assert done["ETag"].endswith('-2"'), done
    got = s3.get_object(Bucket=bucket, Key="k é")
    assert got["Body"].read() == b"a" * 5 * MIB + b"right"
    assert got["Metadata"] == {"m": "1"}, got
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)

    with expect_error("NoSuchUpload", 404):
        s3.upload_part(Bucket=bucket, Key="k é", UploadId="none", PartNumber=1, Body=b"x")
    small = s3.create_multipart_upload(Bucket=bucket, Key="small")["UploadId"]
    target = {"Bucket": bucket, "Key": "small", "UploadId": small}
    parts = [
        (n, s3.upload_part(**target, PartNumber=n, Body=b"too small")["ETag"]) for n in (1, 2)
    ]
    with expect_error("EntityTooSmall", 400):
        complete(*parts)
    s3.abort_multipart_upload(**target)
    with expect_error("NoSuchUpload", 404):
        s3.list_parts(**target)


def copy():
    bucket = new_bucket(s3)
    other = new_bucket(s3)
    key = "source ü+%25/x"
    s3.put_object(Bucket=bucket, Key=key, Body=b"copied", Metadata={"a": "1"}, ContentType="text/x")
    source = {"Bucket": bucket, "Key": key}
    answer = s3.copy_object(Bucket=other, Key="kept", CopySource=source)
    assert answer["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(b"copied").hexdigest()}"', answer
    kept = s3.head_object(Bucket=other, Key="kept")
    assert (kept["Metadata"], kept["ContentType"]) == ({"a": "1"}, "text/x"), kept
    s3.copy_object(
        Bucket=other,
        Key="replaced",
        CopySource=source,
        MetadataDirective="REPLACE",
        Metadata={"b": "2"},
    )
    assert s3.head_object(Bucket=other, Key="replaced")["Metadata"] == {"b": "2"}
    with expect_error("InvalidRequest", 400):
        s3.copy_object(Bucket=bucket, Key=key, CopySource=source)
    with expect_error("NoSuchKey", 404):
        s3.copy_object(Bucket=other, Key="x", CopySource={"Bucket": bucket, "Key": "missing"})
    with expect_error("PreconditionFailed", 412):
        s3.copy_object(Bucket=other, Key="x", CopySource=source, CopySourceIfMatch='"0"')

    s3.put_object(Bucket=bucket, Key="ten", Body=b"0123456789" * MIB)
    upload = s3.create_multipart_upload(Bucket=other, Key="assembled")["UploadId"]
    target = {"Bucket": other, "Key": "assembled", "UploadId": upload}
    parts = []
    for number, first in ((1, 0), (2, 5 * MIB)):
        answer = s3.upload_part_copy(
            **target,
            PartNumber=number,
            CopySource={"Bucket": bucket, "Key": "ten"},
            CopySourceRange=f"bytes={first}-{first + 5 * MIB - 1}",
        )
        parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
    s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=other, Key="assembled")["Body"].read() == b"0123456789" * MIB


def ranges():
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="ten", Body=b"0123456789")

    def get(text):
        answer = s3.get_object(Bucket=bucket, Key="ten", Range=text)
        return answer["Body"].read(), answer["ResponseMetadata"]["HTTPStatusCode"], answer

    body, status, answer = get("bytes=2-5")
    assert (body, status, answer["ContentRange"]) == (b"2345", 206, "bytes 2-5/10"), answer
    assert get("bytes=7-")[:2] == (b"789", 206)
    assert get("bytes=-3")[:2] == (b"789", 206)
    assert get("bytes=-15")[:2] == (b"0123456789", 206)
    assert get("bytes=4-100")[:2] == (b"456789", 206)
    assert get("bytes=5-2")[:2] == (b"0123456789", 200)
    assert get("bytes=0-1,3-4")[:2] == (b"0123456789", 200)
    with expect_error("InvalidRange", 416) as seen:
        get("bytes=10-")
    assert seen["Error"]["ActualObjectSize"] == "10", seen


def conditions():
    bucket = new_bucket(s3)
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    with expect_error("PreconditionFailed", 412) as seen:
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*")
    assert seen["Error"]["Condition"] == "If-None-Match", seen
    with expect_error("PreconditionFailed", 412):
        s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch='"00000000000000000000000000000000"')
    with expect_error("NoSuchKey", 404):
        s3.put_object(Bucket=bucket, Key="none", Body=b"2", IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch=etag)
    with expect_error("304", 304):
        now = s3.head_object(Bucket=bucket, Key="k")["ETag"]
        s3.get_object(Bucket=bucket, Key="k", IfNoneMatch=now)
    with expect_error("PreconditionFailed", 412):
        s3.get_object(Bucket=bucket, Key="k", IfMatch=etag)

    def race(number):
        try:
            s3.put_object(Bucket=bucket, Key="race", Body=b"%d" % number, IfNoneMatch="*")
            return number
        except s3.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            assert code in ("PreconditionFailed", "ConditionalRequestConflict"), code
            return None

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        winners = [n for n in pool.map(race, range(40)) if n is not None]
    assert len(winners) == 1, winners
    assert s3.get_object(Bucket=bucket, Key="race")["Body"].read() == b"%d" % winners[0]


def versions():
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"first")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="k", Body=b"second")["VersionId"]
    assert first != second
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"] is True and marker["VersionId"], marker
    with expect_error("NoSuchKey", 404) as seen:
        s3.get_object(Bucket=bucket, Key="k")
    headers = seen["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-delete-marker"] == "true", headers
    with expect_error("MethodNotAllowed", 405):
        s3.get_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    for version, body in (("null", b"before"), (first, b"first"), (second, b"second")):
        got = s3.get_object(Bucket=bucket, Key="k", VersionId=version)
        assert (got["Body"].read(), got["VersionId"]) == (body, version), got

    listed = s3.list_object_versions(Bucket=bucket)
    assert [item["VersionId"] for item in listed["Versions"]] == [second, first, "null"], listed
    assert [item["IsLatest"] for item in listed["DeleteMarkers"]] == [True], listed
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 1}
    )
    assert sum(len(p.get("Versions", [])) + len(p.get("DeleteMarkers", [])) for p in pages) == 4

    gone = s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert gone["DeleteMarker"] is True, gone
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"second"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=second)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"first"
    with expect_error("NoSuchVersion", 404):
        s3.get_object(Bucket=bucket, Key="k", VersionId=second)
    with expect_error("BucketNotEmpty", 409):
        s3.delete_bucket(Bucket=bucket)
    answer = s3.delete_objects(
        Bucket=bucket,
        Delete={"Objects": [{"Key": "k", "VersionId": v} for v in (first, "null")], "Quiet": True},
    )
    assert "Deleted" not in answer and "Errors" not in answer, answer
    s3.delete_bucket(Bucket=bucket)


def checksums():
    bucket = new_bucket(s3)
    data = b"123456789"
    # The algorithms' published check values; SHA by hashlib.
    known = {
        "CRC32": "y/Q5Jg==",
        "CRC32C": "4waSgw==",
        "CRC64NVME": base64.b64encode(bytes.fromhex("ae8b14860a799888")).decode(),
        "SHA1": base64.b64encode(hashlib.sha1(data).digest()).decode(),
        "SHA256": base64.b64encode(hashlib.sha256(data).digest()).decode(),
    }
    for name, value in known.items():
        field = f"Checksum{name}"
        put = s3.put_object(Bucket=bucket, Key=name, Body=data, **{field: value})
        assert put[field] == value, (name, put)
        head = s3.head_object(Bucket=bucket, Key=name, ChecksumMode="ENABLED")
        assert (head[field], head["ChecksumType"]) == (value, "FULL_OBJECT"), (name, head)
        attributes = s3.get_object_attributes(
            Bucket=bucket, Key=name, ObjectAttributes=["Checksum"]
        )
        assert attributes["Checksum"][field] == value, (name, attributes)
        with expect_error("BadDigest", 400):
            s3.put_object(Bucket=bucket, Key=name, Body=b"other bytes", **{field: value})
        assert s3.get_object(Bucket=bucket, Key=name)["Body"].read() == data


def settings():
    bucket = new_bucket(s3)
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    rule = encryption["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}, rule
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    assert not s3.get_bucket_location(Bucket=bucket)["LocationConstraint"]
    head = s3.head_bucket(Bucket=bucket)
    assert head["BucketRegion"] == "us-east-1", head
    for call, code in (
        (s3.get_bucket_policy, "NoSuchBucketPolicy"),
        (s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration"),
        (s3.get_bucket_tagging, "NoSuchTagSet"),
    ):
        with expect_error(code, 404):
            call(Bucket=bucket)

    tags = [{"Key": "team", "Value": "bio + chem"}, {"Key": "größe", "Value": "é"}]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    got = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    assert sorted(got, key=str) == sorted(tags, key=str), got
    s3.delete_bucket_tagging(Bucket=bucket)

    rules = [
        {
            "ID": "test",
            "Status": "Enabled",
            "Filter": {"Prefix": "test/"},
            "Expiration": {"Days": 7},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": rules}
    )
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == rules
    s3.delete_bucket_lifecycle(Bucket=bucket)

    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(block.values()) and len(block) == 4, block
    s3.delete_public_access_block(Bucket=bucket)
    with expect_error("NoSuchPublicAccessBlockConfiguration", 404):
        s3.get_public_access_block(Bucket=bucket)
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    owner = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerPreferred"}], owner

    names = [item["Name"] for item in s3.list_buckets(Prefix=bucket)["Buckets"]]
    assert names == [bucket], names


def object_tags():
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Tagging="a=1&b=two%20words")
    got = s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]
    assert got == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "two words"}], got
    assert s3.head_object(Bucket=bucket, Key="k")["TagCount"] == 2
    s3.put_object_tagging(
        Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "c", "Value": ""}]}
    )
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "c", "Value": ""}]
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []


def identity():
    answer = make_client("sts").get_caller_identity()
    assert answer["Arn"] == parameters["arn"], answer
    assert answer["Account"] == parameters["account"], answer


def presigned_urls():
    """Prints URLs for curl: to read, to write, soon expired, and with the signature of old."""
    bucket = new_bucket(s3)
    key = "signed é+ %/x"
    s3.put_object(Bucket=bucket, Key=key, Body=b"read by url")
    where = {"Bucket": bucket, "Key": key}
    # For custom endpoints boto3 still presigns with version 2, which AWS has retired.
    v4 = boto3.client("s3", config=Config(signature_version="s3v4"))
    print(v4.generate_presigned_url("get_object", Params=where, ExpiresIn=60))
    print(v4.generate_presigned_url("put_object", Params=where, ExpiresIn=60))
    print(v4.generate_presigned_url("get_object", Params=where, ExpiresIn=1))
    print(s3.generate_presigned_url("get_object", Params=where, ExpiresIn=60))


def other_accounts():
    """The stranger's keys are in the environment's place of the admin's."""
    bucket = parameters["bucket"]
    stranger = make_client(
        aws_access_key_id=parameters["accessKeyId"],
        aws_secret_access_key=parameters["secretAccessKey"],
    )
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"mine")
    with expect_error("AccessDenied", 403):
        stranger.get_object(Bucket=bucket, Key="k")
    with expect_error("403", 403) as seen:
        stranger.head_bucket(Bucket=bucket)
    assert seen["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1", seen
    with expect_error("AccessDenied", 403):
        s3.get_object(Bucket=bucket, Key="k", ExpectedBucketOwner="999999999999")


def policies():
    """A user whom nothing but the bucket's policy allows anything."""
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="open/k", Body=b"for you")
    s3.put_object(Bucket=bucket, Key="closed/k", Body=b"not for you")
    nobody = make_client(
        aws_access_key_id=parameters["accessKeyId"],
        aws_secret_access_key=parameters["secretAccessKey"],
    )

    def set_policy(*statements):
        principal = {"AWS": parameters["arn"]}
        full = [{"Principal": principal, **statement} for statement in statements]
        policy = json.dumps({"Version": "2012-10-17", "Statement": full})
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)

    with expect_error("AccessDenied", 403):
        nobody.get_object(Bucket=bucket, Key="open/k")
    arn = f"arn:aws:s3:::{bucket}"
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{arn}/open/*"}
    set_policy(read)
    assert nobody.get_object(Bucket=bucket, Key="open/k")["Body"].read() == b"for you"
    with expect_error("AccessDenied", 403):
        nobody.get_object(Bucket=bucket, Key="closed/k")
    with expect_error("AccessDenied", 403):
        nobody.put_object(Bucket=bucket, Key="open/k", Body=b"mine")
    # Who may not list may not learn that a key is missing.
    with expect_error("403", 403):
        nobody.head_object(Bucket=bucket, Key="open/missing")
    set_policy(read, {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn})
    with expect_error("404", 404):
        nobody.head_object(Bucket=bucket, Key="open/missing")
    assert nobody.list_objects_v2(Bucket=bucket)["KeyCount"] == 2
    # A Deny binds the administrator too.
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": f"{arn}/closed/*", "Principal": "*"}
    set_policy(read, deny)
    with expect_error("AccessDenied", 403):
        s3.get_object(Bucket=bucket, Key="closed/k")
    with expect_error("MalformedPolicy", 400):
        s3.put_bucket_policy(Bucket=bucket, Policy='{"Version": "2012-10-17", "Statement": [{}]}')
    # The bucket's public access block, which is on from the start.
    with expect_error("AccessDenied", 403):
        set_policy({**read, "Principal": "*"})
    s3.delete_bucket_policy(Bucket=bucket)
    with expect_error("AccessDenied", 403):
        nobody.get_object(Bucket=bucket, Key="open/k")


run_case(globals())
