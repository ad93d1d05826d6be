"""boto3 and objects: each function is one case, run as `python boto3_object_cases.py NAME`."""

import base64
import concurrent.futures
import hashlib
import io
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


run_case(globals())
