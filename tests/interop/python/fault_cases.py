"""What boto3, as it comes, makes of faults: `python fault_cases.py strike` prints its outcome."""

import json

import boto3
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError
from client import parameters, run_case

BODY = b"abcdefgh" * 8192


def outcome(work):
    try:
        return work() or "fine"
    except ClientError as error:
        return error.response["Error"]["Code"]
    except S3UploadFailedError as error:
        return error.__context__.response["Error"]["Code"]
    except FlexibleChecksumError:
        return "FlexibleChecksumError"
    except BotoCoreError as error:
        return type(error).__name__


def prepare():
    s3 = boto3.client("s3")
    for bucket in parameters["buckets"]:
        s3.create_bucket(Bucket=bucket)
    for bucket in parameters["versioned"]:
        s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )


def strike():
    s3 = boto3.client("s3")
    bucket, work = parameters["bucket"], parameters["work"]

    def upload_parts():
        s3.upload_file("large", bucket, "k")

    def put():
        s3.put_object(Bucket=bucket, Key="k", Body=BODY)

    def get():
        body = s3.get_object(Bucket=bucket, Key="k")["Body"].read()
        return "fine" if body == BODY else "other bytes"

    def tag():
        tags = {"TagSet": [{"Key": "a", "Value": "1"}]}
        s3.put_bucket_tagging(Bucket=bucket, Tagging=tags)

    if work == "setting":
        print(json.dumps({"settings": outcome(tag)}))
    elif work == "parts":
        print(json.dumps({"put": outcome(upload_parts)}))
    else:
        print(json.dumps({"put": outcome(put), "get": outcome(get)}))


run_case({"prepare": prepare, "strike": strike})
