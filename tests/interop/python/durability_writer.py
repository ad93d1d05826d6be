"""Writes objects from several threads until the server goes away, and prints what was acknowledged.

Each line is JSON: {"key", "sha256", "size", "serial"}, printed before the writer goes on; `serial`
grows with each overwrite of the same key. Lines {"key", "sha256", "begun": true} come before a write
whose answer may never arrive.
"""

import hashlib
import json
import random
import sys
import threading

from client import make_client, parameters

bucket = parameters["bucket"]
prefix = parameters["prefix"]
KIB = 1024
SIZES = (0, 1, 100, 4 * KIB, 64 * KIB, 300 * KIB, 2 * KIB * KIB)
PART = 5 * KIB * KIB
lock = threading.Lock()


def tell(line):
    with lock:
        print(json.dumps(line), flush=True)


def write(thread):
    s3 = make_client()
    chance = random.Random(f"{prefix}{thread}")
    serial = 0
    while True:
        serial += 1
        # A few keys are written over and over, the others once.
        key = f"{prefix}{thread}/" + ("same" if serial % 3 == 0 else f"{serial}")
        multipart = serial % 10 == 9
        data = chance.randbytes(PART + 1000 if multipart else chance.choice(SIZES))
        entry = {"key": key, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        tell({**entry, "serial": serial, "begun": True})
        try:
            if multipart:
                put_in_parts(s3, key, data)
            else:
                s3.put_object(Bucket=bucket, Key=key, Body=data)
        except Exception as error:  # the kill shows as one of many connection errors
            print(f"{thread}: {error}", file=sys.stderr)
            return
        tell({**entry, "serial": serial})


def put_in_parts(s3, key, data):
    target = {"Bucket": bucket, "Key": key}
    target["UploadId"] = s3.create_multipart_upload(**target)["UploadId"]
    parts = []
    for number, piece in enumerate((data[:PART], data[PART:]), start=1):
        etag = s3.upload_part(**target, PartNumber=number, Body=piece)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})


threads = [threading.Thread(target=write, args=(n,)) for n in range(parameters["threads"])]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
