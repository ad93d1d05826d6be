"""Input that a server must refuse: each function is one case, `python bad_input_cases.py NAME`."""

import base64
import datetime
import hashlib
import json

from client import expect_error, make_client, new_bucket, parameters, run_case
from raw_request import send, sha256, sign

s3 = make_client()


def with_keys(keys):
    return make_client(
        aws_access_key_id=keys["accessKeyId"],
        aws_secret_access_key=keys["secretAccessKey"],
        aws_session_token=keys.get("sessionToken"),
    )


def assert_code(answer, code, status):
    got_status, _, body = answer
    assert got_status == status and f"<Code>{code}</Code>".encode() in body, answer


def wrong_key():
    keys = {**parameters["admin"], "accessKeyId": "AKIANOSUCHKEYANYWHER"}
    with expect_error("InvalidAccessKeyId", 403) as seen:
        with_keys(keys).list_buckets()
    assert seen["Error"]["AWSAccessKeyId"] == "AKIANOSUCHKEYANYWHER", seen


def wrong_secret():
    keys = {**parameters["admin"], "secretAccessKey": "wrong"}
    with expect_error("SignatureDoesNotMatch", 403) as seen:
        with_keys(keys).list_buckets()
    # What a caller needs to find the difference, and nothing of the secret.
    assert "AWS4-HMAC-SHA256" in seen["Error"]["StringToSign"], seen
    assert seen["Error"]["CanonicalRequest"].startswith("GET\n/\n"), seen
    assert parameters["admin"]["secretAccessKey"] not in json.dumps(seen, default=str)


def session_tokens():
    with expect_error("ExpiredToken", 400):
        with_keys(parameters["expired"]).list_buckets()
    with_keys(parameters["session"]).list_buckets()
    for token in (None, "not the token"):
        with expect_error("InvalidToken" if token else "InvalidAccessKeyId", 400 if token else 403):
            with_keys({**parameters["session"], "sessionToken": token}).list_buckets()


def bucket_names():
    for name in ("ab", "Upper-Case", "under_score", "a..b", "192.168.1.1", "xn--name", "x-s3alias"):
        with expect_error("InvalidBucketName", 400):
            s3.create_bucket(Bucket=name)
    with expect_error("NoSuchBucket", 404):
        s3.put_object(Bucket="no-such-bucket-here", Key="k", Body=b"x" * 1_000_000)


def keys():
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="é" * 512, Body=b"just right")
    for key in ("k" * 1025, "é" * 513):
        with expect_error("KeyTooLongError", 400):
            s3.put_object(Bucket=bucket, Key=key, Body=b"too long")
        with expect_error("KeyTooLongError", 400):
            s3.create_multipart_upload(Bucket=bucket, Key=key)
    answer = s3.list_objects_v2(Bucket=bucket)
    assert [item["Key"] for item in answer["Contents"]] == ["é" * 512], answer


def location():
    with expect_error("InvalidLocationConstraint", 400):
        s3.create_bucket(
            Bucket="wrong-place", CreateBucketConfiguration={"LocationConstraint": "atlantis-1"}
        )


def digests():
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="k", Body=b"good")
    md5 = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    bad = [
        ("BadDigest", {"ContentMD5": md5}),
        ("InvalidDigest", {"ContentMD5": "not base64"}),
        ("BadDigest", {"ChecksumCRC32": "AAAAAA=="}),
        ("BadDigest", {"ChecksumSHA256": base64.b64encode(b"\0" * 32).decode()}),
        ("InvalidRequest", {"ChecksumCRC32": "garbage!"}),
    ]
    for code, options in bad:
        with expect_error(code, 400):
            s3.put_object(Bucket=bucket, Key="k", Body=b"bad", **options)
    headers = sign("PUT", f"/{bucket}/k", {"Content-Length": "3"}, sha256(b"abc"))
    assert_code(
        send("PUT", f"/{bucket}/k", headers, b"xyz"), "XAmzContentSHA256Mismatch", 400
    )
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"good"
    part = s3.create_multipart_upload(Bucket=bucket, Key="parts")
    with expect_error("BadDigest", 400):
        s3.upload_part(
            Bucket=bucket,
            Key="parts",
            UploadId=part["UploadId"],
            PartNumber=1,
            Body=b"x",
            ContentMD5=md5,
        )


def short_body():
    """Half of the declared bytes, then the end: refused or cut off, and nothing is stored."""
    bucket = new_bucket(s3)
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    whole = b"x" * 100_000
    for digest in (sha256(whole), "UNSIGNED-PAYLOAD"):
        for length in (100, len(whole)):
            headers = sign("PUT", f"/{bucket}/k", {"Content-Length": str(length)}, digest)
            half = whole[: length // 2]
            status, _, body = send("PUT", f"/{bucket}/k", headers, half, half_close=True)
            assert status == 0 or (status == 400 and b"<Code>IncompleteBody</Code>" in body), (
                status,
                body,
            )
            assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"before"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def declared_lengths():
    bucket = new_bucket(s3)
    target = f"/{bucket}/k"
    headers = sign("PUT", target, {}, "UNSIGNED-PAYLOAD")
    assert_code(send("PUT", target, headers), "MissingContentLength", 411)
    too_long = sign("PUT", target, {"Content-Length": str(6 * 1024**3)}, "UNSIGNED-PAYLOAD")
    assert_code(send("PUT", target, too_long), "EntityTooLarge", 400)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def chunk(data, signature=None):
    extension = f";chunk-signature={signature}" if signature else ""
    return f"{len(data):x}{extension}\r\n".encode() + data + b"\r\n"


def framing():
    """Broken aws-chunked bodies leave the object as it was."""
    bucket = new_bucket(s3)
    target = f"/{bucket}/k"
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")

    def put(payload_hash, extra, body, decoded):
        declared = {
            "Content-Encoding": "aws-chunked",
            "X-Amz-Decoded-Content-Length": str(decoded),
            "Content-Length": str(len(body)),
            **extra,
        }
        headers = sign("PUT", target, declared, payload_hash)
        return send("PUT", target, headers, body)

    trailer = {"X-Amz-Trailer": "x-amz-checksum-crc32"}
    unsigned = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    crc = b"x-amz-checksum-crc32:y/Q5Jg==\r\n\r\n"
    good = chunk(b"123456789") + b"0\r\n" + crc
    wrong_crc = chunk(b"123456789") + b"0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
    bad_size = b"zz\r\n123456789\r\n0\r\n" + crc
    assert_code(put(unsigned, trailer, wrong_crc, 9), "BadDigest", 400)
    for body, decoded in ((good, 8), (good, 10), (bad_size, 9), (good[:8], 9)):
        status, _, answer = put(unsigned, trailer, body, decoded)
        assert status == 400 and b"<Code>" in answer, (body, decoded, status, answer)
    forged = chunk(b"123456789", "0" * 64) + chunk(b"", "0" * 64)
    assert_code(
        put("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", {}, forged, 9), "SignatureDoesNotMatch", 403
    )
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"before"
    status, _, answer = put(unsigned, trailer, good, 9)
    assert status == 200, answer
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"123456789"


def documents():
    bucket = new_bucket(s3)

    def post(query, body, method="POST"):
        target = f"/{bucket}?{query}"
        md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
        declared = {"Content-Length": str(len(body)), "Content-MD5": md5}
        return send(method, target, sign(method, target, declared, sha256(body)), body)

    bomb = b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><Delete><Object><Key>&z;</Key></Object></Delete>'
    garbage = [b"", b"not xml", b"<Delete><Object>", b"<Delete></Wrong>", b"<Other/>", bomb]
    for body in garbage + [b"<Delete>" * 10_000]:
        status, _, answer = post("delete=", body)
        assert status == 400, (body[:50], status, answer)
        assert b"<Code>MalformedXML</Code>" in answer or body == b"", (body[:50], answer)
    assert_code(post("versioning=", b"<VersioningConfiguration><Status>On</Status></VersioningConfiguration>", "PUT"), "MalformedXML", 400)
    for policy in (b"not json", b"", b"{}", b'{"Version":"2012-10-17","Statement":[{}]}'):
        status, _, answer = post("policy=", policy, "PUT")
        assert status == 400 and b"<Code>" in answer, (policy, answer)
    target = f"/{bucket}?delete="
    body = b"<Delete><Object><Key>k</Key></Object></Delete>"
    headers = sign("POST", target, {"Content-Length": str(len(body))}, sha256(body))
    status, _, answer = send("POST", target, headers, body)
    assert status == 400 and b"<Code>InvalidRequest</Code>" in answer, answer
    with expect_error("InvalidRequest", 400):
        rule = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}}
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}
        )


def anonymous():
    bucket = new_bucket(s3)
    assert_code(send("GET", f"/{bucket}", host()), "AccessDenied", 403)
    status, headers, body = send("HEAD", f"/{bucket}", host())
    assert (status, body) == (403, b""), (status, body)
    assert headers["x-amz-bucket-region"] == "us-east-1", headers


def host():
    from raw_request import ENDPOINT

    return {"host": ENDPOINT.netloc}


def nonsense():
    """Garbage on the wire neither kills the server nor hangs it."""
    bucket = new_bucket(s3)
    for target in ("/%zz/k", f"/{bucket}/%", "//", "/?&&=&", f"/{bucket}/k?versionId=%ff", "*"):
        status, _, _ = send("GET", target, host())
        assert status == 0 or 400 <= status < 500, (target, status)
    for authorization in ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=x", "Basic eDp5", "AWS a:b"):
        status, _, _ = send("GET", "/", {**host(), "authorization": authorization})
        assert 400 <= status < 500, (authorization, status)
    unsupported, _, body = send("PATCH", f"/{bucket}/k", host())
    assert unsupported in (400, 403, 405, 501), (unsupported, body)
    s3.list_buckets()


def skewed_clock():
    """Run under a faked clock."""
    with expect_error("RequestTimeTooSkewed", 403) as seen:
        s3.list_buckets()
    error = seen["Error"]
    server_time = datetime.datetime.strptime(error["ServerTime"], "%Y-%m-%dT%H:%M:%SZ")
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    assert abs((server_time - now).total_seconds()) > 1800, error
    assert error["MaxAllowedSkewMilliseconds"] == "900000", error


run_case(globals())
