"""KMS: who may use a key, through S3 and directly, and what a key's state does to its objects."""

import json

from enforcement_buckets import get, make_bucket, put
from enforcement_people import ADMIN, LAB, PARTNER, allow, policy, root_arn, user_arn
from enforcement_runner import case

USE = ["kms:GenerateDataKey", "kms:Decrypt"]


class Keys:
    """Keys of the lab's, by what is special about them."""

    def __init__(self, people):
        self.kms = people.client("lab admin", "kms")
        self.arn = {}

    def make(self, name, *statements):
        more = (
            {"Policy": policy(*statements), "BypassPolicyLockoutSafetyCheck": True}
            if statements
            else {}
        )
        self.arn[name] = self.kms.create_key(Description=name, **more)["KeyMetadata"]["Arn"]
        return self.arn[name]


def key_admin():
    return allow("kms:*", Principal={"AWS": user_arn("admin")})


def prepare(people):
    s3_only = allow("s3:*")
    people.user("no-kms", s3_only)
    keys = Keys(people)
    main = keys.make("main")
    second = keys.make("second")
    closed = keys.make("closed", key_admin())
    shared = keys.make(
        "shared",
        allow("kms:*", Principal={"AWS": root_arn()}),
        allow(USE, Principal={"AWS": root_arn(PARTNER)}),
    )
    for name in ("fading", "dying"):
        keys.make(name)
    keys.make("named", key_admin(), allow(USE, Principal={"AWS": user_arn("no-kms")}))

    people.user("kms-user", s3_only, allow(USE, main))
    people.user("writer", s3_only, allow("kms:GenerateDataKey", "*"))
    people.user("keeper", attached=[ADMIN])
    people.user(
        "via-s3",
        s3_only,
        allow(USE, "*", {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}),
    )
    people.user(
        "via-other",
        s3_only,
        allow(USE, "*", {"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}),
    )
    people.user(
        "in-context",
        s3_only,
        allow(
            USE,
            "*",
            {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::kms/mine/*"}},
        ),
    )
    people.user(
        "in-bucket",
        s3_only,
        allow(
            USE,
            "*",
            {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::bucket-key"}},
        ),
    )
    people.user("grantee", s3_only)
    people.user("partner-s3", s3_only, account="partner")

    s3 = people.client("lab admin")
    make_bucket(people, "kms", keys=("mine/a",))
    shared_statement = allow(
        "s3:*", ["arn:aws:s3:::kms", "arn:aws:s3:::kms/*"], Principal={"AWS": root_arn(PARTNER)}
    )
    s3.put_bucket_policy(Bucket="kms", Policy=policy(shared_statement))
    under = lambda name: {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": keys.arn[name]}
    for key, name in (
        ("main", "main"),
        ("second", "second"),
        ("fading", "fading"),
        ("dying", "dying"),
        ("closed", "closed"),
        ("shared", "shared"),
        ("mine/b", "main"),
    ):
        s3.put_object(Bucket="kms", Key=key, Body=b"x", **under(name))
    s3.put_object(Bucket="kms", Key="managed", Body=b"x", ServerSideEncryption="aws:kms")
    make_bucket(people, "by-default", keys=())
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": main}
    }
    s3.put_bucket_encryption(
        Bucket="by-default", ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    make_bucket(people, "bucket-key", keys=())
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": main},
        "BucketKeyEnabled": True,
    }
    s3.put_bucket_encryption(
        Bucket="bucket-key", ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    return keys, under, second, closed, shared


def cases(people):
    keys, under, second, closed, shared = prepare(people)
    kms = keys.kms
    main = keys.arn["main"]
    elsewhere = main.replace("us-east-1", "us-west-2")
    missing = main[: main.rindex("/") + 1] + "12345678-1234-1234-1234-123456789012"
    grant = lambda operations: kms.create_grant(
        KeyId=closed, GranteePrincipal=user_arn("grantee"), Operations=operations
    )
    multipart = {}

    def begin(caller):
        made = people.client(caller).create_multipart_upload(
            Bucket="kms", Key="parts", **under("main")
        )
        multipart["id"] = made["UploadId"]

    copy = {"CopySource": "kms/main", "Bucket": "kms", "Key": "copy"}
    generate = {"KeySpec": "AES_256"}
    return [
        put("under a key, by who may use it", "kms-user", "200", "kms", **under("main")),
        put(
            "under a key, by who may not",
            "no-kms",
            "403 AccessDenied",
            "kms",
            says="is not authorized to perform: kms:GenerateDataKey on resource: " + main,
            **under("main")
        ),
        put(
            "under another key than the one that is allowed",
            "kms-user",
            "403 AccessDenied",
            "kms",
            **under("second")
        ),
        get("an object under a key", "kms-user", "200", "kms", key="main"),
        get(
            "an object under a key, by who may not use it",
            "no-kms",
            "403 AccessDenied",
            "kms",
            key="main",
            says="kms:Decrypt",
        ),
        case("HEAD needs no key", "no-kms", "s3.head_object", "200", Bucket="kms", Key="main"),
        case(
            "its tags need none", "no-kms", "s3.get_object_tagging", "200", Bucket="kms", Key="main"
        ),
        case("a list needs none", "no-kms", "s3.list_objects_v2", "200", Bucket="kms"),
        put(
            "under the account's own key for S3, by anybody of the account",
            "no-kms",
            "200",
            "kms",
            key="own",
            ServerSideEncryption="aws:kms",
        ),
        get("and back", "no-kms", "200", "kms", key="managed"),
        get(
            "which no other account may use", "partner-s3", "403 AccessDenied", "kms", key="managed"
        ),
        put(
            "by the bucket's default",
            "no-kms",
            "403 AccessDenied",
            "by-default",
            says="kms:GenerateDataKey",
        ),
        put("and past it", "no-kms", "200", "by-default", ServerSideEncryption="AES256"),
        put("by the bucket's default, with the right", "kms-user", "200", "by-default"),
        put(
            "both layers of DSSE",
            "kms-user",
            "200",
            "kms",
            ServerSideEncryption="aws:kms:dsse",
            SSEKMSKeyId=main,
        ),
        put(
            "a key whose policy names others",
            "keeper",
            "403 AccessDenied",
            "kms",
            says="because no resource-based policy allows the kms:GenerateDataKey action",
            **under("closed")
        ),
        put(
            "nor does the root user get past it",
            "lab root",
            "403 AccessDenied",
            "kms",
            **under("closed")
        ),
        put(
            "a key whose policy names the user, who has no other right",
            "no-kms",
            "200",
            "kms",
            **under("named")
        ),
        put(
            "before a grant", "grantee", "403 AccessDenied", "kms", key="granted", **under("closed")
        ),
        put(
            "with a grant",
            "grantee",
            "200",
            "kms",
            key="granted",
            first=lambda: grant(["GenerateDataKey"]),
            **under("closed")
        ),
        get("which is for writing alone", "grantee", "403 AccessDenied", "kms", key="granted"),
        get(
            "with one for reading",
            "grantee",
            "200",
            "kms",
            key="granted",
            first=lambda: grant(["Decrypt"]),
        ),
        get(
            "after all were revoked",
            "grantee",
            "403 AccessDenied",
            "kms",
            key="granted",
            first=lambda: [
                kms.revoke_grant(KeyId=closed, GrantId=one["GrantId"])
                for one in kms.list_grants(KeyId=closed)["Grants"]
            ],
        ),
        put(
            "another account, both sides allow",
            "partner admin",
            "200",
            "kms",
            key="from-partner",
            **under("shared")
        ),
        get("and back", "partner admin", "200", "kms", key="from-partner"),
        put(
            "another account, only the key does",
            "partner-s3",
            "403 AccessDenied",
            "kms",
            key="from-partner",
            **under("shared")
        ),
        put(
            "another account, only its own side does",
            "partner admin",
            "403 AccessDenied",
            "kms",
            **under("main")
        ),
        put("a right that holds through S3", "via-s3", "200", "kms", **under("main")),
        case(
            "and not directly",
            "via-s3",
            "kms.generate_data_key",
            "400 AccessDeniedException",
            KeyId=main,
            **generate
        ),
        put(
            "a right that holds through another service",
            "via-other",
            "403 AccessDenied",
            "kms",
            **under("main")
        ),
        put(
            "the object's ARN is the encryption context",
            "in-context",
            "200",
            "kms",
            key="mine/c",
            **under("main")
        ),
        put(
            "and of another object another",
            "in-context",
            "403 AccessDenied",
            "kms",
            key="yours/c",
            **under("main")
        ),
        get("of reading as well", "in-context", "200", "kms", key="mine/b"),
        put(
            "with a bucket key it is the bucket's",
            "in-context",
            "403 AccessDenied",
            "bucket-key",
            key="mine/c",
        ),
        put("and that is what has to be allowed", "in-bucket", "200", "bucket-key"),
        get("back again", "in-bucket", "200", "bucket-key"),
        put(
            "without the bucket key it is the object's",
            "in-bucket",
            "403 AccessDenied",
            "kms",
            **under("main")
        ),
        case(
            "a copy needs the source's key",
            "writer",
            "s3.copy_object",
            "403 AccessDenied",
            says="kms:Decrypt",
            **copy,
            **under("second")
        ),
        case(
            "and the target's",
            "kms-user",
            "s3.copy_object",
            "403 AccessDenied",
            says="kms:GenerateDataKey on resource: " + second,
            **copy,
            **under("second")
        ),
        case("with both", "keeper", "s3.copy_object", "200", **copy, **under("second")),
        case(
            "a copy out of KMS needs the source's alone",
            "kms-user",
            "s3.copy_object",
            "200",
            **copy,
            ServerSideEncryption="AES256"
        ),
        case(
            "an upload is begun with GenerateDataKey",
            "no-kms",
            "s3.create_multipart_upload",
            "403 AccessDenied",
            Bucket="kms",
            Key="parts",
            says="kms:GenerateDataKey",
            **under("main")
        ),
        case(
            "and its parts need Decrypt",
            "writer",
            "s3.upload_part",
            "403 AccessDenied",
            Bucket="kms",
            Key="parts",
            PartNumber=1,
            Body=b"x",
            UploadId=lambda: multipart["id"],
            first=lambda: begin("writer"),
            says="kms:Decrypt",
        ),
        case(
            "with both",
            "kms-user",
            "s3.upload_part",
            "200",
            Bucket="kms",
            Key="parts",
            PartNumber=1,
            Body=b"x",
            UploadId=lambda: multipart["id"],
            first=lambda: begin("kms-user"),
        ),
        put(
            "a key that is disabled",
            "keeper",
            "400 KMS.DisabledException",
            "kms",
            first=lambda: kms.disable_key(KeyId=keys.arn["fading"]),
            **under("fading")
        ),
        get("its objects as well", "keeper", "400 KMS.DisabledException", "kms", key="fading"),
        get(
            "who may not use it is told that first",
            "no-kms",
            "403 AccessDenied",
            "kms",
            key="fading",
        ),
        case("deleting needs no key", "keeper", "s3.delete_object", "204", Bucket="kms", Key="own"),
        get(
            "the key is enabled again",
            "keeper",
            "200",
            "kms",
            key="fading",
            first=lambda: kms.enable_key(KeyId=keys.arn["fading"]),
        ),
        put(
            "a key whose deletion is pending",
            "keeper",
            "400 KMS.KMSInvalidStateException",
            "kms",
            first=lambda: kms.schedule_key_deletion(KeyId=keys.arn["dying"], PendingWindowInDays=7),
            **under("dying")
        ),
        get(
            "its objects as well", "keeper", "400 KMS.KMSInvalidStateException", "kms", key="dying"
        ),
        put(
            "a key that is not there",
            "keeper",
            "400 KMS.NotFoundException",
            "kms",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=missing,
        ),
        put(
            "a key of another region",
            "keeper",
            "400 KMS.NotFoundException",
            "kms",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=elsewhere,
        ),
        put(
            "a key that is no key",
            "keeper",
            "400 KMS.NotFoundException",
            "kms",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId="alias/not-there",
        ),
        put(
            "a key of the customer's where that is blocked",
            "keeper",
            "403 AccessDenied",
            "kms",
            SSECustomerAlgorithm="AES256",
            SSECustomerKey="0" * 32,
        ),
        case(
            "KMS itself: the same decision",
            "no-kms",
            "kms.describe_key",
            "400 AccessDeniedException",
            KeyId=main,
            says="because no identity-based policy allows the kms:DescribeKey action",
        ),
        case(
            "KMS itself: a stranger",
            "partner admin",
            "kms.describe_key",
            "400 AccessDeniedException",
            KeyId=main,
        ),
        case(
            "KMS itself: disabled",
            "keeper",
            "kms.generate_data_key",
            "400 KMSInvalidStateException",
            KeyId=keys.arn["dying"],
            **generate
        ),
        case(
            "KMS itself: not there",
            "keeper",
            "kms.describe_key",
            "400 NotFoundException",
            KeyId=missing,
        ),
        case(
            "the right is taken away",
            "kms-user",
            "s3.get_object",
            "403 AccessDenied",
            Bucket="kms",
            Key="main",
            first=lambda: people.iam().put_user_policy(
                UserName="kms-user", PolicyName="own", PolicyDocument=policy(allow("s3:*"))
            ),
            says="kms:Decrypt",
        ),
        case(
            "nobody locks a key up",
            "lab admin",
            "kms.put_key_policy",
            "400 MalformedPolicyDocumentException",
            KeyId=main,
            PolicyName="default",
            Policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [allow("kms:Decrypt", Principal={"AWS": user_arn("kms-user")})],
                }
            ),
        ),
    ]
