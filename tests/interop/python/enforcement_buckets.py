"""Bucket policies: whom they name, NotPrincipal, delegation, other accounts, versions, batches."""

from enforcement_people import ADMIN, LAB, PARTNER, allow, deny, policy, root_arn, trust, user_arn
from enforcement_runner import case

SESSION = f"arn:aws:sts::{LAB}:assumed-role/worker/one"
WORKER = f"arn:aws:iam::{LAB}:role/svc/worker"


def make_bucket(people, name, *statements, versioning=False, owner="lab admin", keys=("a",)):
    s3 = people.client(owner)
    s3.create_bucket(Bucket=name)
    if versioning:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for key in keys:
        s3.put_object(Bucket=name, Key=key, Body=b"x")
    if statements:
        s3.put_bucket_policy(Bucket=name, Policy=policy(*statements))
    return name


def on(name, effect, principal, action, condition=None, negated=False):
    who = {("NotPrincipal" if negated else "Principal"): principal}
    resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    return (allow if effect == "Allow" else deny)(action, resources, condition, **who)


def get(title, caller, expected, bucket, key="a", **more):
    return case(title, caller, "s3.get_object", expected, Bucket=bucket, Key=key, **more)


def put(title, caller, expected, bucket, key="a", **more):
    return case(title, caller, "s3.put_object", expected, Bucket=bucket, Key=key, Body=b"x", **more)


def prepare(people):
    for name in ("named", "spared", "nobody"):
        people.user(name)
    people.user("keeper", attached=[ADMIN])
    people.user("partner-nobody", account="partner")
    people.role("worker", path="/svc/")
    reading = people.managed_policy(allow("s3:Get*"))
    people.role("limited", boundary=reading)
    for caller, role in (
        ("one", WORKER),
        ("two", WORKER),
        ("limited", f"arn:aws:iam::{LAB}:role/limited"),
    ):
        people.assume(f"session {caller}", role, session=caller)
    people.assume(
        "session reading", WORKER, session="reading", Policy=policy(allow("s3:GetObject"))
    )

    make_bucket(people, "plain")
    make_bucket(
        people,
        "naming",
        on("naming", "Allow", {"AWS": user_arn("named")}, "s3:GetObject"),
        on("naming", "Allow", {"AWS": WORKER}, ["s3:GetObject", "s3:DeleteObject"]),
        on("naming", "Allow", {"AWS": SESSION}, "s3:PutObject"),
        on("naming", "Allow", {"AWS": f"arn:aws:iam::{LAB}:role/limited"}, "s3:PutObject"),
        on(
            "naming",
            "Allow",
            {"AWS": f"arn:aws:sts::{LAB}:assumed-role/limited/limited"},
            "s3:PutObjectTagging",
        ),
        on(
            "naming",
            "Allow",
            {"AWS": f"arn:aws:sts::{LAB}:assumed-role/worker/reading"},
            "s3:PutObject",
        ),
    )
    make_bucket(people, "delegating", on("delegating", "Allow", {"AWS": root_arn()}, "s3:*"))
    make_bucket(people, "closed", on("closed", "Deny", {"AWS": LAB}, "s3:GetObject"))
    make_bucket(people, "locked", on("locked", "Deny", "*", "s3:*"))
    make_bucket(
        people,
        "sparing",
        on("sparing", "Allow", {"AWS": user_arn("spared")}, "s3:*"),
        on(
            "sparing",
            "Deny",
            {"AWS": [user_arn("spared"), root_arn()]},
            "s3:GetObject",
            negated=True,
        ),
    )
    make_bucket(
        people,
        "half-sparing",
        on("half-sparing", "Deny", {"AWS": user_arn("keeper")}, "s3:GetObject", negated=True),
    )
    make_bucket(
        people,
        "session-sparing",
        on("session-sparing", "Allow", {"AWS": WORKER}, "s3:*"),
        on(
            "session-sparing",
            "Deny",
            {"AWS": [SESSION, WORKER, root_arn()]},
            "s3:GetObject",
            negated=True,
        ),
    )
    make_bucket(
        people,
        "by-pattern",
        on(
            "by-pattern",
            "Allow",
            "*",
            "s3:GetObject",
            {
                "StringEquals": {"aws:PrincipalAccount": LAB},
                "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{LAB}:role/*/work*"},
            },
        ),
    )
    make_bucket(
        people,
        "shared",
        on(
            "shared",
            "Allow",
            {"AWS": root_arn(PARTNER)},
            ["s3:GetObject", "s3:PutObject", "s3:PutBucketPolicy"],
        ),
        on("shared", "Allow", {"AWS": user_arn("partner-nobody", PARTNER)}, "s3:GetObject"),
    )
    make_bucket(people, "versions", versioning=True)
    people.client("lab admin").put_object(Bucket="versions", Key="a", Body=b"y")
    people.user("current", allow(["s3:GetObject", "s3:DeleteObject", "s3:ListBucket"]))
    people.user("eraser", allow("s3:DeleteObject*"), deny("s3:*", "arn:aws:s3:::plain/kept/*"))
    people.role(
        "visitors",
        allow("s3:GetObject"),
        trusts=trust(root_arn(PARTNER), {"StringEquals": {"sts:ExternalId": "the-word"}}),
    )


def recreate(people):
    iam = people.iam()
    iam.delete_role(RoleName="worker")
    people.role("worker", path="/svc/")
    people.assume("session again", WORKER, session="again")


def stored_policy(people):
    return people.client("lab admin").get_bucket_policy(Bucket="naming")["Policy"]


def cases(people):
    prepare(people)
    version = people.client("lab admin").list_object_versions(Bucket="versions")["Versions"][-1][
        "VersionId"
    ]
    visitors = f"arn:aws:iam::{LAB}:role/visitors"
    assume = {"RoleArn": visitors, "RoleSessionName": "visit"}
    own_policy = policy(on("shared", "Allow", {"AWS": root_arn(PARTNER)}, "s3:*"))
    broken = {"AWS": f"arn:aws:iam::{LAB}:role/not-there"}
    flat = {"AWS": f"arn:aws:iam::{LAB}:role/worker"}
    return [
        get("a user by name", "named", "200", "naming"),
        put(
            "and what it is not given",
            "named",
            "403 AccessDenied",
            "naming",
            says="no identity-based policy allows",
        ),
        get("a role by name, its sessions", "session two", "200", "naming"),
        put("one session by name", "session one", "200", "naming"),
        put("no other session of the role", "session two", "403 AccessDenied", "naming"),
        put(
            "a role's boundary limits what its role is given",
            "session limited",
            "403 AccessDenied",
            "naming",
            says="no permissions boundary allows",
        ),
        case(
            "and not what its session is given",
            "session limited",
            "s3.put_object_tagging",
            "200",
            Bucket="naming",
            Key="a",
            Tagging={"TagSet": []},
        ),
        case(
            "a session policy limits what its role is given",
            "session reading",
            "s3.delete_object",
            "403 AccessDenied",
            Bucket="naming",
            Key="a",
            says="no session policy allows",
        ),
        put("and not what its session is given", "session reading", "200", "naming"),
        get(
            "the account's root in an Allow only leaves it to the account",
            "nobody",
            "403 AccessDenied",
            "delegating",
            says="no identity-based policy allows",
        ),
        get("which decides by its own policies", "keeper", "200", "delegating"),
        get(
            "the account in a Deny is everybody of it",
            "keeper",
            "403 AccessDenied",
            "closed",
            says="with an explicit deny in a resource-based policy",
        ),
        get("NotPrincipal spares whom it lists whole", "spared", "200", "sparing"),
        get("and nobody else", "keeper", "403 AccessDenied", "sparing"),
        get(
            "NotPrincipal without the account spares nobody",
            "keeper",
            "403 AccessDenied",
            "half-sparing",
        ),
        get("NotPrincipal with session, role and account", "session one", "200", "session-sparing"),
        get("NotPrincipal, another session", "session two", "403 AccessDenied", "session-sparing"),
        get("everybody whose ARN fits a pattern", "session two", "200", "by-pattern"),
        get("and nobody whose does not", "nobody", "403 AccessDenied", "by-pattern"),
        case(
            "a policy against everybody holds administrators",
            "keeper",
            "s3.get_bucket_policy",
            "403 AccessDenied",
            Bucket="locked",
        ),
        case(
            "and not the root user at the policy",
            "lab root",
            "s3.get_bucket_policy",
            "200",
            Bucket="locked",
        ),
        get("only at the policy", "lab root", "403 AccessDenied", "locked"),
        case(
            "so that it is removed", "lab root", "s3.delete_bucket_policy", "204", Bucket="locked"
        ),
        get("and all is open again", "keeper", "200", "locked"),
        get("another account, both sides allow", "partner admin", "200", "shared"),
        get(
            "another account, its user is named but has no right",
            "partner-nobody",
            "403 AccessDenied",
            "shared",
            says="Access Denied",
        ),
        get(
            "another account, only its own side",
            "partner admin",
            "403 AccessDenied",
            "plain",
            says="Access Denied",
        ),
        case(
            "another account, an action that is not given",
            "partner admin",
            "s3.list_objects_v2",
            "403 AccessDenied",
            Bucket="shared",
        ),
        put("what another account puts", "partner admin", "200", "shared", key="from-partner"),
        get("belongs to the bucket's owner", "keeper", "200", "shared", key="from-partner"),
        case(
            "no other account writes the policy",
            "partner admin",
            "s3.put_bucket_policy",
            "405 MethodNotAllowed",
            Bucket="shared",
            Policy=own_policy,
        ),
        get(
            "another owner was expected",
            "partner admin",
            "403 AccessDenied",
            "shared",
            ExpectedBucketOwner=PARTNER,
        ),
        get("the owner is as expected", "partner admin", "200", "shared", ExpectedBucketOwner=LAB),
        case(
            "the bucket is taken by another account",
            "partner admin",
            "s3.create_bucket",
            "409 BucketAlreadyExists",
            Bucket="shared",
        ),
        case("one's own, in us-east-1", "keeper", "s3.create_bucket", "200", Bucket="shared"),
        case(
            "a role of another account, without the word",
            "partner admin",
            "sts.assume_role",
            "403 AccessDenied",
            **assume,
        ),
        case("with it", "partner admin", "sts.assume_role", "200", ExternalId="the-word", **assume),
        case(
            "with it, by who has no right",
            "partner-nobody",
            "sts.assume_role",
            "403 AccessDenied",
            ExternalId="the-word",
            **assume,
        ),
        get(
            "a role of another account reads",
            "visitor",
            "200",
            "plain",
            first=lambda: people.assume(
                "visitor", visitors, by="partner admin", ExternalId="the-word"
            ),
        ),
        case(
            "a version needs a right of its own",
            "current",
            "s3.get_object",
            "403 AccessDenied",
            Bucket="versions",
            Key="a",
            VersionId=version,
            says="s3:GetObjectVersion",
        ),
        get("the latest does not", "current", "200", "versions"),
        case(
            "deleting a version as well",
            "current",
            "s3.delete_object",
            "403 AccessDenied",
            Bucket="versions",
            Key="a",
            VersionId=version,
            says="s3:DeleteObjectVersion",
        ),
        case(
            "a marker is a plain delete",
            "current",
            "s3.delete_object",
            "204",
            Bucket="versions",
            Key="a",
        ),
        case(
            "listing versions as well",
            "current",
            "s3.list_object_versions",
            "403 AccessDenied",
            Bucket="versions",
            says="s3:ListBucketVersions",
        ),
        case(
            "a batch with one key that is denied",
            "eraser",
            "s3.delete_objects",
            "200 kept/a:AccessDenied",
            Bucket="plain",
            Delete={"Objects": [{"Key": "x"}, {"Key": "kept/a"}, {"Key": "y"}]},
        ),
        case(
            "a batch of versions without the right",
            "current",
            "s3.delete_objects",
            "200 a:AccessDenied",
            Bucket="versions",
            Delete={"Objects": [{"Key": "a", "VersionId": version}]},
        ),
        case(
            "a batch by who may delete nothing",
            "nobody",
            "s3.delete_objects",
            "200 x:AccessDenied",
            Bucket="plain",
            Delete={"Objects": [{"Key": "x"}]},
        ),
        case(
            "a policy that names a role that is not there",
            "keeper",
            "s3.put_bucket_policy",
            "400 MalformedPolicy",
            Bucket="plain",
            Policy=policy(on("plain", "Allow", broken, "s3:*")),
            says="Invalid principal in policy",
        ),
        case(
            "a role without its path",
            "keeper",
            "s3.put_bucket_policy",
            "400 MalformedPolicy",
            Bucket="plain",
            Policy=policy(on("plain", "Allow", flat, "s3:*")),
        ),
        get(
            "a role of the same name made again is not the one that was named",
            "session again",
            "403 AccessDenied",
            "naming",
            first=lambda: recreate(people),
        ),
        case(
            "and the policy as it now reads cannot be put",
            "keeper",
            "s3.put_bucket_policy",
            "400 MalformedPolicy",
            Bucket="naming",
            Policy=lambda: stored_policy(people),
        ),
    ]
