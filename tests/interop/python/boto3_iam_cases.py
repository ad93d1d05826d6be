"""boto3 and IAM: each function is one case, run as `python boto3_iam_cases.py NAME`."""

import json
import uuid

from client import expect_error, make_client, new_bucket, run_case

s3 = make_client()


def client_of(keys):
    return make_client(
        aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"]
    )


def name(kind):
    return f"{kind}-{uuid.uuid4().hex[:12]}"


def policy(action, resource="*", effect="Allow"):
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def new_user(iam):
    user = name("user")
    iam.create_user(UserName=user, Path="/people/", Tags=[{"Key": "team", "Value": "red"}])
    return user, client_of(iam.create_access_key(UserName=user)["AccessKey"])


def user_with_policy():
    iam = make_client("iam")
    bucket = new_bucket(s3)
    user, own = new_user(iam)
    with expect_error("AccessDenied", 403):
        own.put_object(Bucket=bucket, Key="k", Body=b"x")
    objects = f"arn:aws:s3:::{bucket}/*"
    iam.put_user_policy(
        UserName=user, PolicyName="write", PolicyDocument=policy("s3:PutObject", objects)
    )
    own.put_object(Bucket=bucket, Key="k", Body=b"x")
    with expect_error("AccessDenied", 403) as seen:
        own.get_object(Bucket=bucket, Key="k")
    assert "no identity-based policy allows the s3:GetObject action" in seen["Error"]["Message"]

    managed = iam.create_policy(PolicyName=name("deny"), PolicyDocument=policy("s3:*", effect="Deny"))
    arn = managed["Policy"]["Arn"]
    iam.attach_user_policy(UserName=user, PolicyArn=arn)
    with expect_error("AccessDenied", 403) as seen:
        own.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert "with an explicit deny in an identity-based policy" in seen["Error"]["Message"], seen
    iam.detach_user_policy(UserName=user, PolicyArn=arn)
    own.put_object(Bucket=bucket, Key="k", Body=b"x")

    group = name("group")
    iam.create_group(GroupName=group)
    iam.attach_group_policy(
        GroupName=group, PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    iam.add_user_to_group(GroupName=group, UserName=user)
    assert own.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    iam.put_user_permissions_boundary(
        UserName=user, PermissionsBoundary="arn:aws:iam::aws:policy/IAMReadOnlyAccess"
    )
    with expect_error("AccessDenied", 403) as seen:
        own.get_object(Bucket=bucket, Key="k")
    assert "no permissions boundary allows" in seen["Error"]["Message"], seen


def pages():
    iam = make_client("iam")
    path = f"/{name('path')}/"
    users = sorted(name("page") for _ in range(5))
    for user in users:
        iam.create_user(UserName=user, Path=path)
    paginator = iam.get_paginator("list_users")
    found = list(paginator.paginate(PathPrefix=path, PaginationConfig={"PageSize": 2}))
    assert [len(page["Users"]) for page in found] == [2, 2, 1], found
    assert [user["UserName"] for page in found for user in page["Users"]] == users, found


def roles_and_policies():
    iam = make_client("iam")
    role = name("role")
    account = make_client("sts").get_caller_identity()["Account"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
        ],
    }
    made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    # botocore decodes the document itself, so that its form on the wire is proven here.
    assert made["AssumeRolePolicyDocument"] == trust, made
    iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=policy("s3:List*"))
    got = iam.get_role_policy(RoleName=role, PolicyName="own")
    assert got["PolicyDocument"] == json.loads(policy("s3:List*")), got
    assert iam.get_role(RoleName=role)["Role"]["RoleId"] == made["RoleId"]

    arn = iam.create_policy(PolicyName=name("policy"), PolicyDocument=policy("s3:Get*"))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("s3:Put*"), SetAsDefault=True)
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert version["IsDefaultVersion"] is True, version
    with expect_error("DeleteConflict", 409):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    with expect_error("DeleteConflict", 409):
        iam.delete_role(RoleName=role)
    with expect_error("NoSuchEntity", 404):
        iam.get_role(RoleName=name("nobody"))
    with expect_error("EntityAlreadyExists", 409):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
    with expect_error("MalformedPolicyDocument", 400):
        iam.put_role_policy(RoleName=role, PolicyName="bad", PolicyDocument="{}")

    source = f"arn:aws:iam::{account}:role/{role}"
    results = iam.simulate_principal_policy(
        PolicySourceArn=source, ActionNames=["s3:ListBucket", "s3:PutObject"]
    )["EvaluationResults"]
    assert [one["EvalDecision"] for one in results] == ["allowed", "implicitDeny"], results
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["RolesQuota"] == 1000 and summary["Roles"] >= 1, summary


run_case(globals())
