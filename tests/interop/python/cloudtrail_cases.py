"""A day's work in miniature, and what CloudTrail tells of it afterwards."""

import gzip
import json
import socket
import time
import uuid

from botocore.exceptions import ClientError
from client import expect_error, make_client, new_bucket, parameters, run_case

s3 = make_client()
trails = make_client("cloudtrail")
account = parameters.get("account", "")


def log_bucket(trail, prefix=""):
    name = new_bucket(s3)
    source = {"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{account}:trail/{trail}"}
    principal = {"Service": "cloudtrail.amazonaws.com"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": principal,
                "Action": "s3:GetBucketAcl",
                "Resource": f"arn:aws:s3:::{name}",
                "Condition": {"StringEquals": source},
            },
            {
                "Effect": "Allow",
                "Principal": principal,
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{name}/{prefix}AWSLogs/{account}/*",
                "Condition": {
                    "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **source}
                },
            },
        ],
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return name


def records_of(bucket, prefix=""):
    """Read as any consumer of CloudTrail does: list, get, gunzip."""
    records = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            got = s3.get_object(Bucket=bucket, Key=entry["Key"])
            assert got["ContentType"] == "application/json", got
            records += json.loads(gzip.decompress(got["Body"].read()))["Records"]
    return records


def wait_for(bucket, name, count, seconds=20):
    """Files come within seconds of the events."""
    deadline = time.time() + seconds
    while True:
        found = [one for one in records_of(bucket, "AWSLogs/") if one["eventName"] == name]
        if len(found) >= count:
            return records_of(bucket, "AWSLogs/")
        assert time.time() < deadline, f"{len(found)} {name} after {seconds} s, not {count}"
        time.sleep(0.5)


def day():
    trail = f"day-{uuid.uuid4().hex[:8]}"
    logs = log_bucket(trail)
    data = new_bucket(s3)
    created = trails.create_trail(Name=trail, S3BucketName=logs)
    arn = created["TrailARN"]
    trails.put_event_selectors(
        TrailName=trail,
        EventSelectors=[
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [
                    {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{data}/"]}
                ],
            }
        ],
    )
    trails.start_logging(Name=arn)

    s3.put_bucket_versioning(Bucket=data, VersioningConfiguration={"Status": "Enabled"})
    role = parameters["session"]
    worker = make_client(
        aws_access_key_id=role["accessKeyId"],
        aws_secret_access_key=role["secretAccessKey"],
        aws_session_token=role["sessionToken"],
    )
    worker.put_object(Bucket=data, Key="run/a.txt", Body=b"a result")
    worker.get_object(Bucket=data, Key="run/a.txt")["Body"].read()
    nobody = parameters["nobody"]
    outsider = make_client(
        aws_access_key_id=nobody["accessKeyId"], aws_secret_access_key=nobody["secretAccessKey"]
    )
    with expect_error("AccessDenied", 403):
        outsider.get_object(Bucket=data, Key="run/a.txt")
    s3.delete_objects(Bucket=data, Delete={"Objects": [{"Key": "run/a.txt"}]})
    make_client("sts").get_caller_identity()

    records = wait_for(logs, "GetCallerIdentity", 1)
    names = [one["eventName"] for one in records]
    for name in (
        "StartLogging",
        "PutBucketVersioning",
        "PutObject",
        "GetObject",
        "DeleteObjects",
        "DeleteObject",
    ):
        assert name in names, names
    assert "_CloudTrail_" not in json.dumps(records), "the trail has recorded itself"
    put = next(one for one in records if one["eventName"] == "PutObject")
    assert put["userIdentity"]["type"] == "AssumedRole", put
    issuer = put["userIdentity"]["sessionContext"]["sessionIssuer"]
    assert issuer["type"] == "Role" and issuer["accountId"] == account, put
    assert put["requestParameters"]["key"] == "run/a.txt", put
    assert put["resources"][0]["ARN"] == f"arn:aws:s3:::{data}/run/a.txt", put
    assert put["userAgent"].startswith("[") and "Boto3" in put["userAgent"], put
    refused = [one for one in records if one.get("errorCode") == "AccessDenied"]
    assert [one["eventName"] for one in refused] == ["GetObject"], refused
    assert refused[0]["userIdentity"]["userName"] == "nobody", refused
    assert not any(one["eventName"] == "ListObjects" for one in records), "of another bucket"

    status = trails.get_trail_status(Name=arn)
    assert status["IsLogging"] and "LatestDeliveryError" not in status, status
    trails.stop_logging(Name=arn)
    trails.delete_trail(Name=arn)


def management():
    """What LOG-1 to LOG-3 of an audit read."""
    trail = f"audit-{uuid.uuid4().hex[:8]}"
    logs = log_bucket(trail)
    with expect_error("InsufficientS3BucketPolicyException", 400):
        trails.create_trail(Name=trail, S3BucketName=new_bucket(s3))
    with expect_error("S3BucketDoesNotExistException", 400):
        trails.create_trail(Name=trail, S3BucketName=f"no-{uuid.uuid4().hex}")
    created = trails.create_trail(Name=trail, S3BucketName=logs, IsMultiRegionTrail=True)
    arn = created["TrailARN"]
    [described] = trails.describe_trails(trailNameList=[trail])["trailList"]
    assert described["TrailARN"] == arn and described["HomeRegion"] == "us-east-1", described
    elsewhere = make_client("cloudtrail", region_name="eu-central-1")
    assert arn in [one["TrailARN"] for one in elsewhere.describe_trails()["trailList"]]
    fields = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        {"Field": "readOnly", "Equals": ["false"]},
    ]
    trails.put_event_selectors(
        TrailName=arn, AdvancedEventSelectors=[{"Name": "writes", "FieldSelectors": fields}]
    )
    got = trails.get_event_selectors(TrailName=trail)
    assert got["AdvancedEventSelectors"][0]["FieldSelectors"] == fields, got
    assert "EventSelectors" not in got, got
    found = trails.lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "PutEventSelectors"}]
    )["Events"]
    assert found[0]["Username"] == "admin", found
    assert json.loads(found[0]["CloudTrailEvent"])["requestParameters"]["trailName"] == arn
    trails.delete_trail(Name=trail)
    with expect_error("TrailNotFoundException", 400):
        trails.get_trail_status(Name=trail)


def account_block():
    """S3 Control's clients put the account before the host, which no name server here knows."""
    resolve = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *rest, **more: resolve("127.0.0.1", *rest, **more)
    control = make_client("s3control", endpoint_url=parameters["endpoint"])
    everything = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    with expect_error("NoSuchPublicAccessBlockConfiguration", 404):
        control.get_public_access_block(AccountId=account)
    control.put_public_access_block(
        AccountId=account, PublicAccessBlockConfiguration=everything
    )
    got = control.get_public_access_block(AccountId=account)
    assert got["PublicAccessBlockConfiguration"] == everything, got
    bucket = new_bucket(s3)
    s3.delete_public_access_block(Bucket=bucket)
    public = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
        },
    }
    with expect_error("AccessDenied", 403):
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(public))
    control.delete_public_access_block(AccountId=account)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(public))
    s3.delete_bucket_policy(Bucket=bucket)
    try:
        control.get_public_access_block(AccountId="000000000000")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
    else:
        raise AssertionError("another account's block was told")


def analyzer():
    judge = make_client("accessanalyzer")
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Bob",
                "Effect": "Allow",
                "Principal": "*",
                "Action": ["s3:GetObject", "s3:Fly"],
                "Resource": "arn:aws:s3:::bucket/*",
            }
        ],
    }
    found = judge.validate_policy(
        policyDocument=json.dumps(policy),
        policyType="RESOURCE_POLICY",
        validatePolicyResourceType="AWS::S3::Bucket",
    )["findings"]
    [finding] = found
    assert finding["issueCode"] == "INVALID_ACTION", found
    assert finding["findingType"] == "ERROR", found
    [place] = finding["locations"]
    span = place["span"]
    text = json.dumps(policy)[span["start"]["offset"] : span["end"]["offset"]]
    assert text == '"s3:Fly"', found
    policy["Statement"][0]["Action"] = "s3:GetObject"
    answer = judge.check_no_public_access(
        policyDocument=json.dumps(policy), resourceType="AWS::S3::Bucket"
    )
    assert answer["result"] == "FAIL" and answer["reasons"][0]["statementId"] == "Bob", answer
    policy["Statement"][0]["Principal"] = {"AWS": account}
    answer = judge.check_no_public_access(
        policyDocument=json.dumps(policy), resourceType="AWS::S3::Bucket"
    )
    assert answer["result"] == "PASS", answer


run_case(globals())
