"""Requests that no client would send, signed by botocore and written to a socket byte by byte."""

import hashlib
import os
import re
import socket
from urllib.parse import urlsplit

import botocore.session
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest

ENDPOINT = urlsplit(os.environ["AWS_ENDPOINT_URL"])
ANSWER_TIMEOUT_S = 30


def sign(method, target, headers, body_sha256):
    """The headers to send, lower case. `headers` may contradict the body: they are signed as given."""
    credentials = botocore.session.get_session().get_credentials()
    request = AWSRequest(
        method=method,
        url=os.environ["AWS_ENDPOINT_URL"] + target,
        headers={**headers, "X-Amz-Content-SHA256": body_sha256},
    )
    request.context["payload_signing_enabled"] = True
    signer = S3SigV4Auth(credentials, "s3", os.environ["AWS_REGION"])
    signer.payload = lambda _request: body_sha256
    signer.add_auth(request)
    signed = {name.lower(): value for name, value in request.headers.items()}
    return {**signed, "host": ENDPOINT.netloc}


def send(method, target, headers, *pieces, half_close=False):
    """Writes the request and gives (status, headers, body); status 0 for a closed connection."""
    with socket.create_connection((ENDPOINT.hostname, ENDPOINT.port), ANSWER_TIMEOUT_S) as connection:
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall(("\r\n".join(lines) + "\r\nconnection: close\r\n\r\n").encode("latin-1"))
        for piece in pieces:
            connection.sendall(piece)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while not is_complete(received) and (chunk := connection.recv(65536)):
                received += chunk
        except ConnectionResetError:
            pass
    return parse(received)


def is_complete(received):
    """Whether all that Content-Length promises is there: the server may wait for us to close first."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    return bool(end) and length is not None and len(body) >= int(length[1])


def parse(received):
    if not received:
        return 0, {}, b""
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    if headers.get("transfer-encoding") == "chunked":
        body = dechunk(body)
    return int(status_line.split()[1]), headers, body


def dechunk(body):
    plain = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        plain, body = plain + body[:length], body[length + 2 :]
        if length == 0:
            break
    return plain


def sha256(data):
    return hashlib.sha256(data).hexdigest()
