"""Servers for the tests: started when the first test needs one, stopped behind the last."""

import contextlib
import json
import pathlib
import subprocess

import boto3
import pytest
from botocore.config import Config

folder = pathlib.Path(__file__).parent
command = folder / "node_modules" / ".bin" / "sms-storage"
# Of world.yaml.
keys = {
    "aws_access_key_id": "AKIAEXAMPLESCIENTIST",
    "aws_secret_access_key": "only-for-tests-of-this-folder",
}


@contextlib.contextmanager
def running_server(*flags):
    """Gives its endpoint. `--port 0` takes a free port, `--ephemeral` keeps nothing."""
    arguments = [command, "server", "--json", "--port", "0", "--ephemeral", *flags]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    try:
        # It comes when the server answers, or never: then the reason is on standard error.
        ready = process.stdout.readline()
        if ready == "":
            raise RuntimeError(f"sms-storage server ended with {process.wait()}")
        yield json.loads(ready)["endpoint"]
    finally:
        process.terminate()
        process.communicate(timeout=30)


def client_of(endpoint, service="s3", **options):
    return boto3.client(
        service, endpoint_url=endpoint, region_name="us-east-1", **{**keys, **options}
    )


@pytest.fixture(scope="session")
def endpoint():
    world, faults = folder / "world.yaml", folder / "faults.json"
    with running_server("--world", world, "--faults", faults) as address:
        yield address


@pytest.fixture(scope="session")
def s3(endpoint):
    return client_of(endpoint)


@pytest.fixture(scope="session")
def visitor(endpoint):
    """As who has taken the role of world.yaml that may only read."""
    role = client_of(endpoint, "sts").assume_role(
        RoleArn="arn:aws:iam::111122223333:role/visitor", RoleSessionName="test"
    )["Credentials"]
    return client_of(
        endpoint,
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )


@pytest.fixture(scope="session")
def qumulo():
    """A client as Qumulo's S3 needs it, on a server that plays such a cluster."""
    config = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    with running_server("--world", folder / "world.yaml", "--personality", "qumulo") as address:
        yield client_of(address, config=config)
