"""Conditions of bucket policies, and public access."""

from enforcement_buckets import get, make_bucket, on, put
from enforcement_people import ADMIN, ENDPOINT_HOST, LAB, MANAGEMENT, allow, policy, user_arn
from enforcement_runner import case

ORGANIZATION = "o-a1b2c3d4e5"


def prepare(people):
    s3 = people.client("lab admin")
    people.user("user", tags=[("team", "red")])
    people.user("keeper", attached=[ADMIN])
    people.user("partner-nobody", account="partner")
    role = people.role("worker")
    people.assume("red session", role, Tags=[{"Key": "team", "Value": "red"}])
    people.assume("blue session", role, Tags=[{"Key": "team", "Value": "blue"}])
    people.assume("quiet session", role)
    user = {"AWS": user_arn("user")}

    def granting(name, action, condition, principal=user, **more):
        return make_bucket(people, name, on(name, "Allow", principal, action, condition), **more)

    def forbidding(name, action, condition, **more):
        return make_bucket(people, name, on(name, "Deny", "*", action, condition), **more)

    forbidding("tls-only", "s3:*", {"Bool": {"aws:SecureTransport": "false"}})
    granting("from-here", "s3:GetObject", {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}})
    granting("from-there", "s3:GetObject", {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    forbidding(
        "not-from-here", "s3:GetObject", {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    )
    forbidding(
        "encrypted-only",
        "s3:PutObject",
        {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}},
        keys=(),
    )
    forbidding(
        "no-plain", "s3:PutObject", {"Null": {"s3:x-amz-server-side-encryption": "true"}}, keys=()
    )
    granting(
        "for-owner",
        ["s3:PutObject", "s3:PutObjectAcl"],
        {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
    )
    granting(
        "tagged",
        "s3:GetObject",
        {"StringEquals": {"s3:ExistingObjectTag/class": "public"}},
        keys=("plain",),
    )
    s3.put_object(Bucket="tagged", Key="public", Body=b"x", Tagging="class=public")
    s3.put_object(Bucket="tagged", Key="secret", Body=b"x", Tagging="class=secret")
    granting(
        "tagging",
        ["s3:PutObject", "s3:PutObjectTagging"],
        {"StringEquals": {"s3:RequestObjectTag/class": "public"}},
    )
    granting(
        "tag-keys",
        ["s3:PutObject", "s3:PutObjectTagging"],
        {"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["class", "team"]}},
    )
    granting("short-lists", "s3:ListBucket", {"NumericLessThanEquals": {"s3:max-keys": "10"}})
    granting(
        "folders",
        "s3:ListBucket",
        {"StringEquals": {"s3:delimiter": "/", "s3:prefix": ["", "home/"]}},
    )
    forbidding("no-links", "s3:GetObject", {"StringEquals": {"s3:authType": "REST-QUERY-STRING"}})
    forbidding("agents", "s3:GetObject", {"StringLike": {"aws:UserAgent": "*Boto3*"}})
    granting(
        "in-time", "s3:GetObject", {"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}
    )
    granting("over", "s3:GetObject", {"DateLessThan": {"aws:CurrentTime": "2001-01-01T00:00:00Z"}})
    granting(
        "red-people",
        "s3:GetObject",
        {"StringEquals": {"aws:PrincipalTag/team": "red", "aws:PrincipalAccount": LAB}},
        principal="*",
    )
    granting(
        "own-organization",
        "s3:GetObject",
        {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        principal="*",
    )
    granting(
        "own-unit",
        "s3:GetObject",
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-*/ou-*"}},
        principal="*",
    )
    granting(
        "users-only",
        "s3:GetObject",
        {"StringEquals": {"aws:PrincipalType": "User", "aws:PrincipalAccount": LAB}},
        principal="*",
    )
    granting(
        "by-name",
        "s3:GetObject",
        {
            "StringEquals": {"aws:username": "user"},
            "StringEqualsIfExists": {"aws:PrincipalAccount": LAB},
        },
        principal={"AWS": LAB},
    )
    granting("copies", "s3:PutObject", {"StringLike": {"s3:x-amz-copy-source": "copies/a*"}})
    granting(
        "by-endpoint",
        "s3:GetObject",
        {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f6a7b8"}},
    )
    granting("by-vpc", "s3:GetObject", {"StringEquals": {"aws:SourceVpc": "vpc-0f1e2d3c4b5a69788"}})
    granting(
        "not-by-endpoint", "s3:GetObject", {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    )
    make_bucket(people, "owned")
    people.user("here", allow("s3:GetObject", "*", {"StringEquals": {"aws:ResourceAccount": LAB}}))
    people.user(
        "there", allow("s3:GetObject", "*", {"StringEquals": {"aws:ResourceAccount": MANAGEMENT}})
    )
    people.user(
        "org-only",
        allow("s3:GetObject", "*", {"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}}),
    )

    make_bucket(people, "open")
    s3.delete_public_access_block(Bucket="open")
    s3.put_bucket_policy(Bucket="open", Policy=policy(on("open", "Allow", "*", "s3:GetObject")))
    make_bucket(people, "shut")
    s3.put_object(Bucket="open", Key="kms", Body=b"x", ServerSideEncryption="aws:kms")


def cases(people):
    prepare(people)
    s3 = people.client("lab admin")
    block = lambda **flags: s3.put_public_access_block(
        Bucket="open", PublicAccessBlockConfiguration=flags
    )
    by_endpoint = {"endpoint": people.endpoint.replace("127.0.0.1", ENDPOINT_HOST)}
    public = {"TagSet": [{"Key": "class", "Value": "public"}]}
    return [
        get(
            "plain HTTP where TLS is wanted",
            "keeper",
            "403 AccessDenied",
            "tls-only",
            says="with an explicit deny in a resource-based policy",
        ),
        get("an address in the network", "user", "200", "from-here"),
        get("an address outside of it", "user", "403 AccessDenied", "from-there"),
        get("a Deny to all other networks", "keeper", "403 AccessDenied", "not-from-here"),
        put("no encryption named", "keeper", "403 AccessDenied", "encrypted-only"),
        put(
            "the encryption that is wanted",
            "keeper",
            "200",
            "encrypted-only",
            ServerSideEncryption="AES256",
        ),
        put(
            "another encryption",
            "keeper",
            "403 AccessDenied",
            "encrypted-only",
            ServerSideEncryption="aws:kms",
        ),
        put("an encryption has to be named", "keeper", "403 AccessDenied", "no-plain"),
        case(
            "CreateMultipartUpload as well",
            "keeper",
            "s3.create_multipart_upload",
            "403 AccessDenied",
            Bucket="no-plain",
            Key="a",
        ),
        put("no access list", "user", "403 AccessDenied", "for-owner"),
        put(
            "the access list that is wanted",
            "user",
            "200",
            "for-owner",
            ACL="bucket-owner-full-control",
        ),
        get("an object with the tag", "user", "200", "tagged", key="public"),
        get("an object with another", "user", "403 AccessDenied", "tagged", key="secret"),
        get("an object with none", "user", "403 AccessDenied", "tagged", key="plain"),
        put("a put with the tag", "user", "200", "tagging", Tagging="class=public"),
        put("a put with another", "user", "403 AccessDenied", "tagging", Tagging="class=secret"),
        put("a put with none", "user", "403 AccessDenied", "tagging"),
        case(
            "tags that are put",
            "user",
            "s3.put_object_tagging",
            "200",
            Bucket="tagging",
            Key="a",
            Tagging=public,
        ),
        put("only tags that are known", "user", "200", "tag-keys", Tagging="class=a&team=b"),
        put(
            "and one that is not", "user", "403 AccessDenied", "tag-keys", Tagging="class=a&price=b"
        ),
        case("a short list", "user", "s3.list_objects_v2", "200", Bucket="short-lists", MaxKeys=10),
        case(
            "a long one",
            "user",
            "s3.list_objects_v2",
            "403 AccessDenied",
            Bucket="short-lists",
            MaxKeys=11,
        ),
        case(
            "one of the usual length",
            "user",
            "s3.list_objects_v2",
            "403 AccessDenied",
            Bucket="short-lists",
        ),
        case(
            "a folder by its delimiter",
            "user",
            "s3.list_objects_v2",
            "200",
            Bucket="folders",
            Prefix="home/",
            Delimiter="/",
        ),
        case(
            "everything below it",
            "user",
            "s3.list_objects_v2",
            "403 AccessDenied",
            Bucket="folders",
            Prefix="home/",
        ),
        get("a request with a header where links are denied", "keeper", "200", "no-links"),
        get("a client that is denied", "keeper", "403 AccessDenied", "agents"),
        get("an Allow in its time", "user", "200", "in-time"),
        get("an Allow whose time is over", "user", "403 AccessDenied", "over"),
        get("a user's tag", "user", "200", "red-people"),
        get("a session's tag", "red session", "200", "red-people"),
        get("another session's tag", "blue session", "403 AccessDenied", "red-people"),
        get("a session without", "quiet session", "403 AccessDenied", "red-people"),
        get("somebody of the organisation", "limited admin", "200", "own-organization"),
        get("its management account", "manager", "200", "own-organization"),
        get(
            "somebody of no organisation",
            "partner admin",
            "403 AccessDenied",
            "own-organization",
            says="Access Denied",
        ),
        get("somebody of a unit", "limited admin", "200", "own-unit"),
        get("an account outside of all units", "manager", "403 AccessDenied", "own-unit"),
        get("a user of the account", "user", "200", "users-only"),
        get("no session of it", "quiet session", "403 AccessDenied", "users-only"),
        get(
            "the account's root in an Allow, with a name",
            "user",
            "403 AccessDenied",
            "by-name",
            says="no identity-based policy allows",
        ),
        case(
            "a copy of what may be copied, without the right to read it",
            "user",
            "s3.copy_object",
            "403 AccessDenied",
            Bucket="copies",
            Key="b",
            CopySource="copies/a",
            says="s3:GetObject",
        ),
        case(
            "a copy of something else",
            "user",
            "s3.copy_object",
            "403 AccessDenied",
            Bucket="copies",
            Key="b",
            CopySource="in-time/a",
            says="s3:PutObject",
        ),
        get("a resource of the account", "here", "200", "owned"),
        get("not of the other", "there", "403 AccessDenied", "owned"),
        get("a resource of the organisation", "org-only", "200", "owned"),
        get("through the endpoint", "user", "200", "by-endpoint", **by_endpoint),
        get("and not past it", "user", "403 AccessDenied", "by-endpoint"),
        get("from the VPC", "user", "200", "by-vpc", **by_endpoint),
        get("and not from outside", "user", "403 AccessDenied", "by-vpc"),
        get(
            "what the endpoint's policy does not let through",
            "user",
            "403 AccessDenied",
            "not-by-endpoint",
            says="because no VPC endpoint policy allows",
            **by_endpoint,
        ),
        get("which is open past it", "user", "200", "not-by-endpoint"),
        get("anybody in an open bucket", "anybody", "200", "open"),
        put(
            "anybody, what is not given",
            "anybody",
            "403 AccessDenied",
            "open",
            says="Access Denied",
        ),
        case("anybody, a list", "anybody", "s3.list_objects_v2", "403 AccessDenied", Bucket="open"),
        get("anybody, a missing key", "anybody", "403 AccessDenied", "open", key="missing"),
        get(
            "anybody, an object under a key of KMS",
            "anybody",
            "400 InvalidArgument",
            "open",
            key="kms",
        ),
        get(
            "another account's user without a right of its own",
            "partner-nobody",
            "403 AccessDenied",
            "open",
        ),
        get("another account's administrator", "partner admin", "200", "open"),
        get(
            "a restricted bucket, anybody",
            "anybody",
            "403 AccessDenied",
            "open",
            first=lambda: block(RestrictPublicBuckets=True),
        ),
        get("a restricted bucket, another account", "partner admin", "403 AccessDenied", "open"),
        get("a restricted bucket, the account's own", "user", "200", "open"),
        case(
            "a public policy where it is blocked",
            "keeper",
            "s3.put_bucket_policy",
            "403 AccessDenied",
            Bucket="shut",
            Policy=policy(on("shut", "Allow", "*", "s3:GetObject")),
        ),
        case(
            "a policy for a fixed network is not public",
            "keeper",
            "s3.put_bucket_policy",
            "204",
            Bucket="shut",
            Policy=policy(
                on(
                    "shut",
                    "Allow",
                    "*",
                    "s3:GetObject",
                    {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
                )
            ),
        ),
        get("and serves anybody there", "anybody", "200", "shut"),
        case(
            "a public access list where it is blocked",
            "keeper",
            "s3.put_object",
            "400 AccessControlListNotSupported",
            Bucket="shut",
            Key="a",
            Body=b"x",
            ACL="public-read",
        ),
    ]
