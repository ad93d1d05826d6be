"""boto3 and buckets: each function is one case, run as `python boto3_bucket_cases.py NAME`."""

import concurrent.futures
import hashlib
import json

from client import expect_error, make_client, new_bucket, parameters, run_case

s3 = make_client()


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


run_case(globals())
