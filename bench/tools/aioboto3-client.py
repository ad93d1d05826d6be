"""A tree down as SMS API fetches one: 32 at a time, a client of aioboto3 for each file.

aioboto3-client.py PREFIX FOLDER, with BENCH_BUCKET and the variables of AWS's tools.
"""

import asyncio
import os
import sys
from pathlib import Path

import aioboto3

prefix, folder = sys.argv[1:]
bucket = os.environ["BENCH_BUCKET"]
session = aioboto3.Session()


async def main() -> None:
    async with session.client("s3") as client:
        keys = []
        async for page in client.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix
        ):
            keys += [item["Key"] for item in page.get("Contents", [])]
    turns = asyncio.Semaphore(32)

    async def fetch(key: str) -> None:
        async with turns, session.client("s3") as client:
            target = Path(folder) / key.removeprefix(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            await client.download_file(bucket, key, str(target))

    await asyncio.gather(*(fetch(key) for key in keys))


asyncio.run(main())
