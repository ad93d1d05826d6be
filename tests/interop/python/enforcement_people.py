"""Who asks in the enforcement cases: made through IAM and STS, as people make them."""

import json
import socket
import uuid

from botocore import UNSIGNED
from botocore.config import Config
import boto3

LAB, PARTNER, LIMITED, MANAGEMENT = (
    "123456789012",
    "210987654321",
    "111122223333",
    "999988887777",
)
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"

# The keys that world.yaml declares.
DECLARED = {
    "lab root": ("AKIALABROOT00EXAMPLE", "the-secret-of-the-root-of-the-lab-account"),
    "lab admin": ("AKIALABADMIN0EXAMPLE", "the-secret-of-the-admin-of-the-lab-accoun"),
    "partner admin": ("AKIAPARTNER00EXAMPLE", "the-secret-of-the-admin-of-the-partner-ac"),
    "limited root": ("AKIALIMITROOTEXAMPLE", "the-secret-of-the-root-of-the-limited-acc"),
    "limited admin": ("AKIALIMITADM0EXAMPLE", "the-secret-of-the-admin-of-the-limited-ac"),
    "manager": ("AKIAMANAGER00EXAMPLE", "the-secret-of-the-admin-of-the-management"),
}

ENDPOINT_HOST = "s3.lab.internal"


def resolve_endpoint_host():
    """The VPC endpoint's host name is the server's address, as its DNS would say."""
    ask = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *rest, **more: ask(
        "127.0.0.1" if host == ENDPOINT_HOST else host, *rest, **more
    )


def allow(action, resource="*", condition=None, **more):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {**statement, "Condition": condition} if condition else statement


def deny(action, resource="*", condition=None, **more):
    return {**allow(action, resource, condition, **more), "Effect": "Deny"}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal, condition=None, actions=("sts:AssumeRole", "sts:TagSession")):
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions)}
    return policy({**statement, "Condition": condition} if condition else statement)


class People:
    """Callers by name, and their clients. A caller is a triple: key id, secret, token."""

    def __init__(self, endpoint, region):
        self.endpoint = endpoint
        self.region = region
        self.keys = {name: (*pair, None) for name, pair in DECLARED.items()}
        self.keys["anybody"] = None
        self._clients = {}

    def client(self, caller, service="s3", endpoint=None, region=None):
        known = self._clients.get((caller, service, endpoint, region))
        if known is None:
            known = self._make(self.keys[caller], service, endpoint, region)
            self._clients[caller, service, endpoint, region] = known
        return known

    def _make(self, keys, service, endpoint, region):
        options = {
            "retries": {"mode": "standard", "total_max_attempts": 1},
            "read_timeout": 60,
            "s3": {"addressing_style": "path"},
        }
        if keys is None:
            config = Config(**options, signature_version=UNSIGNED)
            keys = (None, None, None)
        else:
            config = Config(**options, signature_version="s3v4" if service == "s3" else "v4")
        return boto3.client(
            service,
            endpoint_url=endpoint or self.endpoint,
            region_name=region or self.region,
            aws_access_key_id=keys[0],
            aws_secret_access_key=keys[1],
            aws_session_token=keys[2],
            config=config,
        )

    def iam(self, account="lab"):
        return self.client(f"{account} admin", "iam")

    def user(self, name, *statements, account="lab", attached=(), boundary=None, tags=(), path="/"):
        """A new user with a key; `statements` are one inline policy."""
        iam = self.iam(account)
        more = {"PermissionsBoundary": boundary} if boundary else {}
        tags = [{"Key": key, "Value": value} for key, value in tags]
        made = iam.create_user(UserName=name, Path=path, Tags=tags, **more)["User"]
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(*statements))
        for arn in attached:
            iam.attach_user_policy(UserName=name, PolicyArn=arn)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.keys[name] = (key["AccessKeyId"], key["SecretAccessKey"], None)
        return made["Arn"]

    def role(self, name, *statements, attached=(), boundary=None, path="/", trusts=None):
        iam = self.iam()
        more = {"PermissionsBoundary": boundary} if boundary else {}
        made = iam.create_role(
            RoleName=name,
            Path=path,
            AssumeRolePolicyDocument=trusts or trust(f"arn:aws:iam::{LAB}:root"),
            **more,
        )["Role"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
        for arn in attached:
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        return made["Arn"]

    def assume(self, caller, role_arn, session=None, by="lab admin", **parameters):
        """A session of the role, under the name `caller`."""
        answer = self.client(by, "sts").assume_role(
            RoleArn=role_arn, RoleSessionName=session or caller.replace(" ", "-"), **parameters
        )
        given = answer["Credentials"]
        self.keys[caller] = (
            given["AccessKeyId"],
            given["SecretAccessKey"],
            given["SessionToken"],
        )
        return answer["AssumedRoleUser"]["Arn"]

    def managed_policy(self, *statements):
        made = self.iam().create_policy(
            PolicyName=f"managed-{uuid.uuid4().hex[:8]}", PolicyDocument=policy(*statements)
        )
        return made["Policy"]["Arn"]


def user_arn(name, account=LAB):
    return f"arn:aws:iam::{account}:user/{name}"


def root_arn(account=LAB):
    return f"arn:aws:iam::{account}:root"
