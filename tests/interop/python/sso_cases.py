"""boto3 with keys that it takes from the SSO portal, and from STS for a token of an issuer."""

import boto3
from botocore.exceptions import UnauthorizedSSOTokenError
from client import expect_error, parameters, run_case


def identity():
    session = boto3.Session(profile_name=parameters["profile"])
    arn = session.client("sts").get_caller_identity()["Arn"]
    assert arn == parameters["arn"], arn


def signed_out():
    session = boto3.Session(profile_name=parameters["profile"])
    try:
        session.client("s3").list_buckets()
    except UnauthorizedSSOTokenError:
        return
    raise AssertionError("the session was good for something")


def portal():
    """The portal's own API, as tools call it that show people what they have."""
    client = boto3.client("sso")
    token = parameters["accessToken"]
    accounts = client.list_accounts(accessToken=token)["accountList"]
    shown = [[one["accountId"], one["accountName"]] for one in accounts]
    assert shown == parameters["accounts"], accounts
    account = accounts[0]["accountId"]
    pages = client.get_paginator("list_account_roles").paginate(
        accessToken=token, accountId=account, PaginationConfig={"PageSize": 1}
    )
    roles = [role["roleName"] for page in pages for role in page["roleList"]]
    assert roles == parameters["roles"], roles
    with expect_error("ForbiddenException", 403):
        client.get_role_credentials(accessToken=token, accountId=account, roleName="Other")
    with expect_error("ForbiddenException", 403):
        client.list_account_roles(accessToken=token, accountId=parameters["otherAccount"])
    with expect_error("UnauthorizedException", 401):
        client.list_accounts(accessToken=token[:-4])


def web_identity():
    """As in a job of a CI service: the chain finds the token's file and the role by itself."""
    session = boto3.Session()
    arn = session.client("sts").get_caller_identity()["Arn"]
    assert arn == parameters["arn"], arn
    s3 = session.client("s3")
    s3.list_buckets()
    with expect_error("AccessDenied", 403):
        s3.create_bucket(Bucket="not-for-jobs")


run_case(globals())
