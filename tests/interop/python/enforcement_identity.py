"""Identity policies, groups, boundaries, session policies: what stands on the caller's side."""

from enforcement_people import ADMIN, allow, deny, policy, user_arn
from enforcement_runner import case

OBJECTS = "arn:aws:s3:::plain/*"
BUCKET = "arn:aws:s3:::plain"


def put(caller, expected, key, title, **more):
    return case(
        title, caller, "s3.put_object", expected, Bucket="plain", Key=key, Body=b"x", **more
    )


def get(caller, expected, title, key="a", bucket="plain", **more):
    return case(title, caller, "s3.get_object", expected, Bucket=bucket, Key=key, **more)


def list_of(caller, expected, title, bucket="plain", **more):
    return case(title, caller, "s3.list_objects_v2", expected, Bucket=bucket, **more)


def prepare(people):
    s3 = people.client("lab admin")
    s3.create_bucket(Bucket="plain")
    s3.create_bucket(Bucket="other")
    for key in ("a", "test/a", "team/red/a", "home/homer/a", "t3st/a"):
        s3.put_object(Bucket="plain", Key=key, Body=b"x")
    s3.put_object(Bucket="other", Key="a", Body=b"x")

    people.user("nobody")
    people.user(
        "reader",
        allow("s3:GetObject", OBJECTS),
        allow("s3:ListBucket", BUCKET, {"StringLike": {"s3:prefix": ["test/*", "test"]}}),
    )
    people.user("half", deny("s3:DeleteObject"), attached=[ADMIN])
    people.user(
        "tagged",
        allow("s3:*", f"{BUCKET}/team/${{aws:PrincipalTag/team}}/*"),
        tags=[("team", "red")],
    )
    people.user("homer", allow("s3:*", f"{BUCKET}/home/${{aws:username}}/*"))
    people.user("careful", {"Effect": "Allow", "NotAction": "s3:Delete*", "Resource": "*"})
    people.user("outside", {"Effect": "Allow", "Action": "s3:*", "NotResource": OBJECTS})
    people.user("patterned", allow("s3:Get*", f"{BUCKET}/t?st/*"))
    people.user("bucketonly", allow("s3:*", BUCKET))
    people.user(
        "late", allow("s3:*", "*", {"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}})
    )
    people.user("lister", allow("s3:ListAllMyBuckets"))
    people.user("console", allow("s3:ListAllMyBuckets", "arn:aws:s3:::*"))
    people.user("one-bucket", allow("s3:ListAllMyBuckets", BUCKET))

    iam = people.iam()
    iam.create_group(GroupName="writers")
    iam.put_group_policy(
        GroupName="writers", PolicyName="put", PolicyDocument=policy(allow("s3:PutObject", OBJECTS))
    )
    people.user("member")
    iam.add_user_to_group(GroupName="writers", UserName="member")

    reading = people.managed_policy(allow(["s3:Get*", "s3:List*", "sts:*"]))
    people.user("bounded", attached=[ADMIN], boundary=reading)
    people.user("only-bounded", boundary=reading)
    role = people.role("worker", attached=[ADMIN])
    people.assume("whole session", role)
    people.assume("reading session", role, Policy=policy(allow("s3:GetObject")))
    people.assume(
        "denying session", role, Policy=policy(allow("*"), deny("s3:GetObject", f"{BUCKET}/test/*"))
    )
    people.assume("session by ARN", role, PolicyArns=[{"arn": reading}])
    limited = people.role("limited-worker", attached=[ADMIN], boundary=reading)
    people.assume("limited session", limited)
    empty = people.role("empty")
    people.assume("empty session", empty, Policy=policy(allow("*")))
    return reading


def cases(people):
    reading = prepare(people)
    iam = people.iam()
    nobody = user_arn("nobody")
    return [
        get("reader", "200", "an Allow on the objects"),
        put("reader", "403 AccessDenied", "a", "an action that is not allowed"),
        get("reader", "403 AccessDenied", "an object of another bucket", bucket="other"),
        get(
            "nobody",
            "403 AccessDenied",
            "no policy at all",
            says=f"User: {nobody} is not authorized to perform: s3:GetObject on resource: "
            '"arn:aws:s3:::plain/a" because no identity-based policy allows the s3:GetObject action',
        ),
        list_of("reader", "200", "a list of the prefix that is allowed", Prefix="test/"),
        list_of(
            "reader", "200", "a prefix below it, with a delimiter", Prefix="test/x/", Delimiter="/"
        ),
        list_of("reader", "403 AccessDenied", "a list of another prefix", Prefix="team/"),
        list_of("reader", "403 AccessDenied", "a list without a prefix"),
        list_of("reader", "403 AccessDenied", "an empty prefix", Prefix=""),
        case(
            "the older listing is the same action",
            "reader",
            "s3.list_objects",
            "200",
            Bucket="plain",
            Prefix="test/",
        ),
        case(
            "versions are another action",
            "reader",
            "s3.list_object_versions",
            "403 AccessDenied",
            Bucket="plain",
            Prefix="test/",
        ),
        case(
            "HeadBucket is a list without a prefix",
            "reader",
            "s3.head_bucket",
            "403 403",
            Bucket="plain",
        ),
        case("HEAD is a GetObject", "reader", "s3.head_object", "200", Bucket="plain", Key="a"),
        get(
            "reader", "403 AccessDenied", "a missing key, without the right to list", key="missing"
        ),
        get("half", "404 NoSuchKey", "a missing key, with the right to list", key="missing"),
        case(
            "HEAD of a missing key, without that right",
            "reader",
            "s3.head_object",
            "403 403",
            Bucket="plain",
            Key="missing",
        ),
        get("half", "200", "an administrator with a Deny of something else"),
        case(
            "a Deny beats the administrator's policy",
            "half",
            "s3.delete_object",
            "403 AccessDenied",
            Bucket="plain",
            Key="a",
            says="with an explicit deny in an identity-based policy",
        ),
        put("member", "200", "by-group", "an Allow of the group"),
        get("member", "403 AccessDenied", "which does not read"),
        put(
            "member",
            "403 AccessDenied",
            "by-group",
            "after leaving the group",
            first=lambda: iam.remove_user_from_group(GroupName="writers", UserName="member"),
        ),
        put("tagged", "200", "team/red/b", "the caller's tag in the resource"),
        put("tagged", "403 AccessDenied", "team/blue/b", "another's tag in the resource"),
        put(
            "tagged",
            "403 AccessDenied",
            "team/red/b",
            "the tag is changed",
            first=lambda: iam.tag_user(UserName="tagged", Tags=[{"Key": "team", "Value": "blue"}]),
        ),
        put("homer", "200", "home/homer/b", "the caller's name in the resource"),
        put("homer", "403 AccessDenied", "home/marge/b", "another's name in the resource"),
        put("careful", "200", "a", "NotAction allows all else"),
        case(
            "and not what it names",
            "careful",
            "s3.delete_object",
            "403 AccessDenied",
            Bucket="plain",
            Key="a",
        ),
        get("outside", "403 AccessDenied", "NotResource leaves out what it names"),
        get("outside", "200", "and not all else", bucket="other"),
        get("patterned", "200", "a question mark is one character", key="t3st/a"),
        get("patterned", "403 AccessDenied", "and not two", key="t33st/a"),
        get("bucketonly", "403 AccessDenied", "an object's action on the bucket's ARN"),
        list_of("bucketonly", "200", "the bucket's action on the bucket's ARN"),
        list_of("late", "403 AccessDenied", "an Allow whose time has not come"),
        case(
            "no right to list buckets",
            "nobody",
            "s3.list_buckets",
            "403 AccessDenied",
            says=f"User: {nobody} is not authorized to perform: s3:ListAllMyBuckets because no "
            "identity-based policy allows the s3:ListAllMyBuckets action",
        ),
        case("the right to list buckets", "lister", "s3.list_buckets", "200"),
        case("on the ARN of all buckets", "console", "s3.list_buckets", "200"),
        case("on that of one", "one-bucket", "s3.list_buckets", "403 AccessDenied"),
        case(
            "no right to make a bucket",
            "reader",
            "s3.create_bucket",
            "403 AccessDenied",
            Bucket="not-for-readers",
        ),
        get("bounded", "200", "identity and boundary both allow"),
        put(
            "bounded",
            "403 AccessDenied",
            "a",
            "the boundary does not",
            says="because no permissions boundary allows the s3:PutObject action",
        ),
        get(
            "only-bounded",
            "403 AccessDenied",
            "the boundary alone gives nothing",
            says="no identity-based policy allows",
        ),
        put(
            "bounded",
            "200",
            "a",
            "the boundary is taken away",
            first=lambda: iam.delete_user_permissions_boundary(UserName="bounded"),
        ),
        put(
            "limited session",
            "403 AccessDenied",
            "a",
            "a role's boundary",
            says="no permissions boundary allows",
        ),
        get("limited session", "200", "what a role's boundary lets through"),
        put("whole session", "200", "a", "a session without a policy"),
        get("reading session", "200", "role and session policy both allow"),
        put(
            "reading session",
            "403 AccessDenied",
            "a",
            "the session policy does not",
            says="because no session policy allows the s3:PutObject action",
        ),
        get("denying session", "200", "a session policy that denies something else"),
        get(
            "denying session",
            "403 AccessDenied",
            "and what it denies",
            key="test/a",
            says="with an explicit deny in a session policy",
        ),
        get("session by ARN", "200", "a managed policy as session policy"),
        put(
            "session by ARN",
            "403 AccessDenied",
            "a",
            "and what it does not allow",
            says="no session policy allows",
        ),
        get(
            "empty session",
            "403 AccessDenied",
            "a session policy gives nothing by itself",
            says="no identity-based policy allows",
        ),
        get(
            "reader",
            "403 AccessDenied",
            "the inline policy is taken away",
            first=lambda: iam.delete_user_policy(UserName="reader", PolicyName="own"),
        ),
        get(
            "reader",
            "200",
            "a managed policy is attached",
            first=lambda: iam.attach_user_policy(UserName="reader", PolicyArn=reading),
        ),
        get(
            "reader",
            "403 AccessDenied",
            "another version of it comes in force",
            first=lambda: iam.create_policy_version(
                PolicyArn=reading, PolicyDocument=policy(allow("s3:PutObject")), SetAsDefault=True
            ),
        ),
    ]
