"""Runs the enforcement cases of one family: each is a call and the exact status and code AWS gives.

`python enforcement_runner.py FAMILY` prints one line of JSON per case: title, expected, got, and the
text of the error. It ends in 0 whatever was got; the test compares.
"""

import dataclasses
import importlib
import json
import os
import sys
import urllib.error
import urllib.request
from typing import Callable
from xml.etree import ElementTree

from botocore.exceptions import ClientError

from enforcement_people import People, resolve_endpoint_host


@dataclasses.dataclass(frozen=True)
class Case:
    title: str
    caller: str
    # Such as `s3.get_object`.
    call: str
    # `200`, or `403 AccessDenied`.
    expected: str
    parameters: dict
    # Has to stand in the error's text.
    says: str | None = None
    # Changes what is there before the call.
    first: Callable[[], object] | None = None
    endpoint: str | None = None
    region: str | None = None


def case(
    title,
    caller,
    call,
    expected,
    *,
    says=None,
    first=None,
    endpoint=None,
    region=None,
    **parameters,
):
    return Case(title, caller, call, expected, parameters, says, first, endpoint, region)


def open_link(url):
    """(status and code, text) of a GET without a client."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return str(answer.status), ""
    except urllib.error.HTTPError as error:
        document = ElementTree.fromstring(error.read())
        return f"{error.code} {document.findtext('Code')}", document.findtext("Message")


def outcome(people, one):
    """(status and code, text) of the call."""
    service, operation = one.call.split(".")
    if service == "link":
        return open_link(**one.parameters)
    client = people.client(one.caller, service, one.endpoint, one.region)
    parameters = {
        name: value() if callable(value) else value for name, value in one.parameters.items()
    }
    try:
        answer = getattr(client, operation)(**parameters)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        found = error.response["Error"]
        return f"{status} {found['Code']}", found.get("Message", "")
    body = answer.get("Body")
    if body is not None:
        body.read()
    errors = "".join(f" {one['Key']}:{one['Code']}" for one in answer.get("Errors", []))
    return f"{answer['ResponseMetadata']['HTTPStatusCode']}{errors}", ""


def run(people, one):
    if one.first is not None:
        one.first()
    got, text = outcome(people, one)
    told = one.says is None or one.says in text
    return {
        "title": one.title,
        "expected": one.expected,
        "got": got if told or got != one.expected else f"{got}, saying: {text}",
        "text": text,
    }


def main():
    resolve_endpoint_host()
    people = People(os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_REGION"])
    family = importlib.import_module(f"enforcement_{sys.argv[1]}")
    for one in family.cases(people):
        print(json.dumps(run(people, one)), flush=True)


if __name__ == "__main__":
    main()
