"""How SMS API works with files on Qumulo, by the client that it has: `python sms_api_flow.py flow`.

Whatever may be there is asked for and deleted before it is written: HEAD, DELETE, PUT.
"""

import asyncio
import os

import aioboto3
from botocore.config import Config
from botocore.exceptions import ClientError
from client import expect_error, parameters, run_case

# SMS API sets them for its whole process.
os.environ["AWS_REQUEST_CHECKSUM_CALCULATION"] = "when_required"
os.environ["AWS_RESPONSE_CHECKSUM_VALIDATION"] = "when_required"

CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path", "payload_signing_enabled": False},
)
BUCKET = parameters["bucket"]
LARGE = 20 * 1024 * 1024 + 5


async def delete_what_is_there(s3, key):
    """Whether anything was."""
    try:
        await s3.head_object(Bucket=BUCKET, Key=key)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "404", error
        return False
    await s3.delete_object(Bucket=BUCKET, Key=key)
    return True


async def upload_bytes(s3, data, key):
    was_there = await delete_what_is_there(s3, key)
    await s3.put_object(Bucket=BUCKET, Key=key, Body=data)
    return was_there


async def upload_file(s3, path, key):
    await delete_what_is_there(s3, key)
    await s3.upload_file(path, BUCKET, key)


async def contents(s3, key):
    try:
        answer = await s3.get_object(Bucket=BUCKET, Key=key)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "NoSuchKey", error
        return None
    return await answer["Body"].read()


async def keys_under(s3, prefix):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return sorted([entry["Key"] async for page in pages for entry in page.get("Contents", [])])


async def work():
    async with aioboto3.Session().client("s3", region_name="us-east-1", config=CONFIG) as s3:
        await s3.create_bucket(Bucket=BUCKET)
        key = "experiments/7/variant=0/summary.json"
        assert await contents(s3, key) is None
        seen = [await upload_bytes(s3, text, key) for text in (b"one", b"two", b"three")]
        assert seen == [False, True, True], seen
        assert await contents(s3, key) == b"three"
        # What the flow is for: a PUT alone is refused, and changes nothing.
        with expect_error("AccessDenied", 403):
            await s3.put_object(Bucket=BUCKET, Key=key, Body=b"four")
        assert await contents(s3, key) == b"three"
        large = os.path.join(os.getcwd(), f"{BUCKET}.large")
        for _ in range(2):
            data = os.urandom(LARGE)
            with open(large, "wb") as file:
                file.write(data)
            await upload_file(s3, large, "experiments/7/large")
            await s3.download_file(BUCKET, "experiments/7/large", f"{large}.back")
            with open(f"{large}.back", "rb") as file:
                assert file.read() == data
        found = await keys_under(s3, "experiments/7/")
        assert found == ["experiments/7/large", key], found
        head = await s3.head_object(Bucket=BUCKET, Key=key)
        assert head["LastModified"].tzinfo is not None and head["ContentLength"] == 5, head
        for name in found:
            await s3.delete_object(Bucket=BUCKET, Key=name)
        assert await contents(s3, key) is None
        # SMS API's listings show directories that have become empty, too.
        left = await keys_under(s3, "experiments/7/")
        assert all(name.endswith("/") for name in left), left


def flow():
    asyncio.run(work())


run_case({"flow": flow})
