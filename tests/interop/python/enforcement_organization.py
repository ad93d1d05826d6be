"""Service and resource control policies of the organisation that world.yaml declares."""

from enforcement_buckets import get, make_bucket, on, put
from enforcement_people import ADMIN, LAB, LIMITED, PARTNER, policy, root_arn, user_arn
from enforcement_runner import case

TAGS = {"TagSet": [{"Key": "team", "Value": "red"}]}


def prepare(people):
    people.user("nobody")
    people.user("keeper", attached=[ADMIN])
    make_bucket(people, "lab-data", on("lab-data", "Allow", {"AWS": root_arn(LIMITED)}, "s3:*"))
    make_bucket(people, "manager-data", owner="manager")
    make_bucket(
        people,
        "limited-data",
        on(
            "limited-data",
            "Allow",
            {"AWS": [root_arn(LAB), root_arn(PARTNER)]},
            ["s3:GetObject", "s3:PutObject"],
        ),
        owner="limited admin",
    )
    limited = people.client("limited admin")
    make_bucket(people, "limited-open", owner="limited admin")
    limited.delete_public_access_block(Bucket="limited-open")
    limited.put_bucket_policy(
        Bucket="limited-open", Policy=policy(on("limited-open", "Allow", "*", "s3:GetObject"))
    )
    make_bucket(people, "limited-direct", owner="limited admin")


def cases(people):
    prepare(people)
    denied = "with an explicit deny in a service control policy"
    return [
        get("an SCP that lets it pass", "limited admin", "200", "limited-data"),
        case(
            "an SCP of a unit denies its administrator",
            "limited admin",
            "s3.delete_object",
            "403 AccessDenied",
            Bucket="limited-data",
            Key="a",
            says=denied,
        ),
        case(
            "and its root user",
            "limited root",
            "s3.delete_object",
            "403 AccessDenied",
            Bucket="limited-data",
            Key="a",
            says=denied,
        ),
        case(
            "and in a batch",
            "limited admin",
            "s3.delete_objects",
            "200 a:AccessDenied",
            Bucket="limited-data",
            Delete={"Objects": [{"Key": "a"}]},
        ),
        case(
            "in other accounts' buckets as well",
            "limited admin",
            "s3.delete_object",
            "403 AccessDenied",
            Bucket="lab-data",
            Key="a",
        ),
        get("where it may read", "limited admin", "200", "lab-data"),
        case(
            "an SCP that allows some services alone",
            "limited admin",
            "iam.list_users",
            "403 AccessDenied",
            says="because no service control policy allows the iam:ListUsers action",
        ),
        case(
            "holds the root user as well",
            "limited root",
            "iam.list_users",
            "403 AccessDenied",
            says="no service control policy allows",
        ),
        case("who it is may always be asked", "limited admin", "sts.get_caller_identity", "200"),
        case(
            "an SCP of the root denies all members",
            "keeper",
            "s3.put_bucket_tagging",
            "403 AccessDenied",
            Bucket="lab-data",
            Tagging=TAGS,
            says=denied,
        ),
        case(
            "and not the management account",
            "manager",
            "s3.put_bucket_tagging",
            "204",
            Bucket="manager-data",
            Tagging=TAGS,
        ),
        case(
            "an SCP gives nothing",
            "nobody",
            "s3.list_objects_v2",
            "403 AccessDenied",
            Bucket="lab-data",
            says="no identity-based policy allows",
        ),
        get("an RCP lets members of the organisation in", "keeper", "200", "limited-data"),
        get(
            "and keeps others out whom the bucket lets in",
            "partner admin",
            "403 AccessDenied",
            "limited-data",
            says="Access Denied",
        ),
        put("whatever they do", "partner admin", "403 AccessDenied", "limited-data"),
        get("and the anonymous", "anybody", "403 AccessDenied", "limited-open"),
        get("the account's own pass", "limited root", "200", "limited-open"),
        get(
            "an RCP gives nothing",
            "keeper",
            "403 AccessDenied",
            "limited-direct",
            says="because no resource-based policy allows the s3:GetObject action",
        ),
        get(
            "members of the organisation are told why",
            "nobody",
            "403 AccessDenied",
            "limited-data",
            says=f"User: {user_arn('nobody')} is not authorized",
        ),
        get(
            "others are not", "partner admin", "403 AccessDenied", "lab-data", says="Access Denied"
        ),
        case("an SCP limits keys too", "limited admin", "kms.create_key", "200"),
    ]
