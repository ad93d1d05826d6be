"""What a careful user of boto3 writes: 32 threads for small objects, the transfer manager for large ones."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

threads = 32
bucket, action, source, *rest = sys.argv[1:]
target = rest[0] if rest else ""
config = Config(max_pool_connections=threads, s3={"addressing_style": "path"})
client = boto3.client("s3", config=config)
single = TransferConfig(use_threads=False)


def keys(prefix):
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def every(work, items):
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, items):
            pass


def files(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(place, name)


def up(path):
    key = target + os.path.relpath(path, source)
    client.upload_file(path, bucket, key, Config=single)


def down(item):
    path = os.path.join(target, item["Key"][len(source) :])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    client.download_file(bucket, item["Key"], path, Config=single)


def remove():
    batch = []
    for item in keys(source):
        batch.append({"Key": item["Key"]})
        if len(batch) == 1000:
            client.delete_objects(Bucket=bucket, Delete={"Objects": batch})
            batch = []
    if batch:
        client.delete_objects(Bucket=bucket, Delete={"Objects": batch})


match action:
    case "up-tree":
        every(up, files(source))
    case "down-tree":
        every(down, keys(source))
    case "up-file":
        client.upload_file(source, bucket, target)
    case "down-file":
        client.download_file(bucket, source, target)
    case "list":
        for item in keys(source):
            print(item["LastModified"], item["Size"], item["Key"])
    case "remove":
        remove()
    case "copy-file":
        client.copy({"Bucket": bucket, "Key": source}, bucket, target)
