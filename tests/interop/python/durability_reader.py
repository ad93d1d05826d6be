"""Prints what a bucket holds, read with boto3: one JSON line {"key", "sha256", "size"} per object."""

import concurrent.futures
import hashlib
import json

from client import make_client, parameters

s3 = make_client()
bucket = parameters["bucket"]


def read(key):
    data = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return {"key": key, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
listed = [item["Key"] for page in pages for item in page.get("Contents", [])]
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for entry in pool.map(read, listed):
        print(json.dumps(entry))
