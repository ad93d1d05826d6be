"""Reads the runs of an experiment, and writes their summary beside them."""

import json

from botocore.exceptions import ClientError


def summarize(s3, bucket, experiment):
    rates = []
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"{experiment}/runs/"
    )
    for page in pages:
        for entry in page.get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
            rates.append(json.loads(body)["growthRate"])
    summary = {"runs": len(rates), "meanGrowthRate": sum(rates) / len(rates)}
    replace(s3, bucket, f"{experiment}/summary.json", json.dumps(summary).encode())
    return summary


def replace(s3, bucket, key, body):
    """Also where a store refuses to overwrite: HEAD, DELETE, PUT."""
    try:
        s3.head_object(Bucket=bucket, Key=key)
        s3.delete_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
    s3.put_object(Bucket=bucket, Key=key, Body=body)
