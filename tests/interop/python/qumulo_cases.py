"""boto3 against a server that plays Qumulo: each function is one case."""

import contextlib
import json
import os

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from client import expect_error, new_bucket, parameters, run_case

MIB = 1024 * 1024


def qumulo_client():
    """Set up as SMS API does it."""
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path", "payload_signing_enabled": False},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return boto3.client("s3", region_name="us-east-1", config=config)


s3 = qumulo_client()


def delete_if_exists(bucket, key):
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "404", error
        return
    s3.delete_object(Bucket=bucket, Key=key)


def head_delete_put():
    """As SMS API writes an object that may be there."""
    bucket = new_bucket(s3)
    key = "experiments/7/variant=0/summary.json"
    for text in (b"one", b"two", b"three"):
        delete_if_exists(bucket, key)
        s3.put_object(Bucket=bucket, Key=key, Body=text)
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == text
    with expect_error("AccessDenied", 403):
        s3.put_object(Bucket=bucket, Key=key, Body=b"four")
    large = os.urandom(20 * MIB + 5)
    name = os.path.join(os.getcwd(), "large")
    with open(name, "wb") as file:
        file.write(large)
    parts = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB)
    s3.upload_file(name, bucket, "large", Config=parts)
    assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == large
    with expect_error("AccessDenied", 403):
        s3.put_object(Bucket=bucket, Key="large", Body=b"small")


def listing():
    """Pages are complete, though in no order; an empty directory is an object of its own."""
    bucket = new_bucket(s3)
    keys = [f"run/{n}/out" for n in range(25)]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 4}
    )
    found = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    assert sorted(found) == sorted(keys), found
    assert found != sorted(keys), found
    assert s3.list_objects_v2(Bucket=bucket, Prefix="run/1")["KeyCount"] == 1
    assert s3.list_objects_v2(Bucket=bucket, Prefix="ru")["KeyCount"] == 0
    s3.delete_object(Bucket=bucket, Key="run/1/out")
    empty = s3.list_objects_v2(Bucket=bucket, Prefix="run/1/")["Contents"]
    assert [entry["Key"] for entry in empty] == ["run/1/"], empty
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "local"


def refusals():
    """What a client meets that is set up for AWS."""
    bucket = new_bucket(s3)
    with expect_error("NotImplemented", 501):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="AES256")
    with expect_error("NotImplemented", 501):
        s3.get_bucket_encryption(Bucket=bucket)
    with expect_error("NotImplemented", 501):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    with expect_error("InvalidRequest", 409):
        s3.put_object(Bucket=bucket, Key="a/b", Body=b"x")
    session = boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        aws_session_token="of-sso",
    )
    with expect_error("InvalidToken", 400):
        session.list_objects_v2(Bucket=bucket)


def version():
    """What came with a version works there and later; before it, it is refused with 501."""
    bucket = new_bucket(s3)
    knows = parameters["knows"]

    def works_if(what):
        return contextlib.nullcontext() if knows[what] else expect_error("NotImplemented", 501)

    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Metadata={"run": "7"})
    kept = s3.head_object(Bucket=bucket, Key="k")["Metadata"]
    assert kept == ({"run": "7"} if knows["metadata"] else {}), kept
    with works_if("tagging"):
        s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    with works_if("tagsRead"):
        tags = s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]
        assert tags == [{"Key": "a", "Value": "1"}], tags
    everybody = {"Effect": "Allow", "Principal": {"Qumulo": ["Everyone"]}, "Action": ["s3:*"]}
    with works_if("policies"):
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statements": [everybody]}))
        stored = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        assert stored["Statements"][0]["Principal"] == {"Qumulo": ["Everyone"]}, stored
    with works_if("versioning"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        # Where versions are kept, nothing is lost by writing again.
        s3.put_object(Bucket=bucket, Key="k", Body=b"y")
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"y"


run_case(
    {
        "head_delete_put": head_delete_put,
        "listing": listing,
        "refusals": refusals,
        "version": version,
    }
)
