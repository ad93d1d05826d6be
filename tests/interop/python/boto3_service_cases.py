"""Cases run by boto3 on KMS and STS, each a function; what it asserts is what AWS does."""

import json
import os
import uuid

from client import expect_error, make_client, run_case

kms = make_client("kms")
sts = make_client("sts")
iam = make_client("iam")
account = sts.get_caller_identity()["Account"]


def new_key(**options):
    return kms.create_key(**options)["KeyMetadata"]


def keys():
    made = new_key(Description="mine", Tags=[{"TagKey": "team", "TagValue": "red"}])
    arn = made["Arn"]
    assert arn == f"arn:aws:kms:{os.environ['AWS_REGION']}:{account}:key/{made['KeyId']}", arn
    assert made["KeyState"] == "Enabled" and made["KeyManager"] == "CUSTOMER"
    assert made["KeySpec"] == "SYMMETRIC_DEFAULT" and made["MultiRegion"] is False
    for name in (made["KeyId"], arn):
        assert kms.describe_key(KeyId=name)["KeyMetadata"] == made
    listed = [
        key for page in kms.get_paginator("list_keys").paginate(Limit=2) for key in page["Keys"]
    ]
    assert {"KeyId": made["KeyId"], "KeyArn": arn} in listed
    assert len({key["KeyId"] for key in listed}) == len(listed)
    kms.disable_key(KeyId=arn)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["Enabled"] is False
    with expect_error("DisabledException", 400):
        kms.encrypt(KeyId=arn, Plaintext=b"x")
    kms.enable_key(KeyId=arn)
    with expect_error("ValidationException", 400):
        kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=6)
    ending = kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert ending["KeyState"] == "PendingDeletion" and ending["DeletionDate"] is not None
    with expect_error("KMSInvalidStateException", 400):
        kms.enable_key(KeyId=arn)
    kms.cancel_key_deletion(KeyId=arn)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"
    with expect_error("NotFoundException", 400):
        kms.describe_key(KeyId=str(uuid.uuid4()))


def aliases():
    one, other = new_key()["KeyId"], new_key()["KeyId"]
    name = f"alias/{uuid.uuid4().hex}"
    kms.create_alias(AliasName=name, TargetKeyId=one)
    with expect_error("AlreadyExistsException", 400):
        kms.create_alias(AliasName=name, TargetKeyId=other)
    assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == one
    kms.update_alias(AliasName=name, TargetKeyId=other)
    assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == other
    assert name in [alias["AliasName"] for alias in kms.list_aliases(KeyId=other)["Aliases"]]
    kms.delete_alias(AliasName=name)
    with expect_error("NotFoundException", 400):
        kms.describe_key(KeyId=name)
    with expect_error("NotAuthorizedException", 400):
        kms.create_alias(AliasName="alias/aws/mine", TargetKeyId=one)


def ciphers():
    key, other = new_key()["Arn"], new_key()["Arn"]
    context = {"purpose": "test", "team": "red"}
    sealed = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=context)
    blob = sealed["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=dict(reversed(context.items())))
    assert opened["Plaintext"] == b"secret" and opened["KeyId"] == key
    for wrong in ({}, {**context, "team": "blue"}):
        with expect_error("InvalidCiphertextException", 400):
            kms.decrypt(CiphertextBlob=blob, EncryptionContext=wrong)
    with expect_error("InvalidCiphertextException", 400):
        kms.decrypt(CiphertextBlob=blob[:-1] + bytes([blob[-1] ^ 1]), EncryptionContext=context)
    with expect_error("IncorrectKeyException", 400):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=context, KeyId=other)
    moved = kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext=context,
        DestinationKeyId=other,
        DestinationEncryptionContext={"purpose": "moved"},
    )
    assert moved["SourceKeyId"] == key and moved["KeyId"] == other
    back = kms.decrypt(
        CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"purpose": "moved"}
    )
    assert back["Plaintext"] == b"secret"
    for size in ({"KeySpec": "AES_128"}, {"NumberOfBytes": 16}):
        made = kms.generate_data_key(KeyId=key, **size)
        assert len(made["Plaintext"]) == 16
        assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    bare = kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256")
    assert "Plaintext" not in bare
    assert len(kms.decrypt(CiphertextBlob=bare["CiphertextBlob"])["Plaintext"]) == 32
    with expect_error("ValidationException", 400):
        kms.encrypt(KeyId=key, Plaintext=b"x" * 4097)


def grants():
    key = new_key()["Arn"]
    grantee = f"arn:aws:iam::{account}:user/nobody"
    made = kms.create_grant(
        KeyId=key,
        GranteePrincipal=grantee,
        Operations=["Encrypt", "Decrypt"],
        Constraints={"EncryptionContextSubset": {"team": "red"}},
        Name="reds",
    )
    again = kms.create_grant(
        KeyId=key,
        GranteePrincipal=grantee,
        Operations=["Encrypt", "Decrypt"],
        Constraints={"EncryptionContextSubset": {"team": "red"}},
        Name="reds",
    )
    assert again["GrantId"] == made["GrantId"], "a named grant is made once"
    (listed,) = kms.list_grants(KeyId=key)["Grants"]
    assert listed["GranteePrincipal"] == grantee and listed["Name"] == "reds"
    assert listed["Constraints"] == {"EncryptionContextSubset": {"team": "red"}}
    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    assert kms.list_grants(KeyId=key)["Grants"] == []
    with expect_error("NotFoundException", 400):
        kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])


def key_policies():
    key = new_key()["Arn"]
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    text = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    policy = json.loads(text)
    assert policy["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{account}:root"}
    policy["Statement"].append(
        {"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    with expect_error("AccessDeniedException", 400) as error:
        kms.encrypt(KeyId=key, Plaintext=b"x")
    assert "with an explicit deny in a resource-based policy" in error["Error"]["Message"], error
    for broken in ("{", json.dumps({**policy, "Statement": [{"Effect": "Allow"}]})):
        with expect_error("MalformedPolicyDocumentException", 400):
            kms.put_key_policy(KeyId=key, PolicyName="default", Policy=broken)


def sessions():
    names = [f"role-{uuid.uuid4().hex[:8]}" for _ in range(2)]
    arns = []
    for name in names:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": account},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
        arns.append(role["Arn"])
        iam.attach_role_policy(
            RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        )

    def client_of(given, service="sts"):
        return make_client(
            service,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    first = sts.assume_role(RoleArn=arns[0], RoleSessionName="first")
    one = client_of(first["Credentials"])
    assert one.get_caller_identity()["Arn"] == first["AssumedRoleUser"]["Arn"]
    chained = one.assume_role(RoleArn=arns[1], RoleSessionName="chained")
    who = client_of(chained["Credentials"]).get_caller_identity()
    assert who["Arn"] == f"arn:aws:sts::{account}:assumed-role/{names[1]}/chained", who
    with expect_error("ValidationError", 400):
        one.assume_role(RoleArn=arns[1], RoleSessionName="chained", DurationSeconds=7200)
    with expect_error("AccessDenied", 403):
        one.get_session_token()
    assert client_of(first["Credentials"], "s3").list_buckets()["Buckets"] is not None


run_case(globals())
