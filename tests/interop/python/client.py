"""What the Python cases share: clients from the environment, parameters and expected errors."""

import contextlib
import json
import os
import sys
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

parameters = json.loads(os.environ.get("PARAMETERS", "{}"))


def make_client(service="s3", **options):
    """Retries off: a test wants the first answer."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=60)
    return boto3.client(service, config=config, **options)


def new_bucket(s3):
    name = f"case-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    return name


@contextlib.contextmanager
def expect_error(code, status):
    """The block must end in this error; gives its parsed answer afterwards."""
    seen = {}
    try:
        yield seen
    except ClientError as error:
        seen.update(error.response)
        got = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert got == (code, status), f"expected {(code, status)}, got {got}: {error}"
        return
    raise AssertionError(f"expected the error {code}, but the call succeeded")


def run_case(cases):
    """`python FILE NAME` runs the function of that name."""
    cases[sys.argv[1]]()
