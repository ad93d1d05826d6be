"""A disk that runs full under boto3: `python full_disk_cases.py NAME`. State is in the file stored.json."""

import hashlib
import json
import os
import time

from client import expect_error, make_client, parameters, run_case

MIB = 1024 * 1024
s3 = make_client()
bucket = parameters["bucket"]


def fill():
    """Writes until the disk is full, in objects and in parts; notes what was acknowledged."""
    s3.create_bucket(Bucket=bucket)
    stored = {}
    with expect_error("ServiceUnavailable", 503) as seen:
        for number in range(parameters["diskMiB"] + 1):
            data = os.urandom(MIB)
            s3.put_object(Bucket=bucket, Key=f"{number:04}", Body=data)
            stored[f"{number:04}"] = hashlib.sha256(data).hexdigest()
    assert "disk is full" in seen["Error"]["Message"], seen
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    with expect_error("ServiceUnavailable", 503):
        s3.upload_part(
            Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x" * 5 * MIB
        )
    # What replaces an object leaves the old one alone.
    with expect_error("ServiceUnavailable", 503):
        s3.put_object(Bucket=bucket, Key="0000", Body=b"y" * 2 * MIB)
    with open("stored.json", "w", encoding="utf-8") as file:
        json.dump(stored, file)
    intact()


def intact():
    """All that was acknowledged is there and right, and nothing else."""
    with open("stored.json", encoding="utf-8") as file:
        stored = json.load(file)
    assert len(stored) > 10, stored
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    listed = {item["Key"] for page in pages for item in page.get("Contents", [])}
    assert listed == set(stored), listed ^ set(stored)
    for key, sha256 in stored.items():
        data = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        assert hashlib.sha256(data).hexdigest() == sha256, key


def make_room():
    """Deleting works on a full disk and gives room for new objects within seconds."""
    with open("stored.json", encoding="utf-8") as file:
        keys = sorted(json.load(file))
    half = keys[: len(keys) // 2]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in half]})
    assert "Errors" not in answer, answer
    deadline = time.monotonic() + 20
    while True:
        try:
            s3.put_object(Bucket=bucket, Key="after", Body=b"z" * MIB)
            break
        except s3.exceptions.ClientError as error:
            if time.monotonic() > deadline:
                raise AssertionError("no room 20 s after a deletion") from error
            time.sleep(0.2)
    assert s3.get_object(Bucket=bucket, Key="after")["Body"].read() == b"z" * MIB


run_case(globals())
