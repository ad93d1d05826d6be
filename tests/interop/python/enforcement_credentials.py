"""Keys, tokens and links: taken back, forged, for another region, of a role that is gone."""

from enforcement_buckets import get, make_bucket
from enforcement_people import ADMIN, LAB, allow, deny, policy
from enforcement_runner import case


def prepare(people):
    make_bucket(people, "plain")
    people.user("linker", allow("s3:GetObject"))
    people.user("leaver", attached=[ADMIN])
    people.user("sleeper", attached=[ADMIN])
    role = people.role("worker", attached=[ADMIN])
    people.assume("session", role)
    people.assume("other session", role)
    people.assume("old session", people.role("revoked", attached=[ADMIN]))
    people.assume("orphan", people.role("gone", attached=[ADMIN]))
    key, secret, token = people.keys["session"]
    _, other_secret, other_token = people.keys["other session"]
    middle = len(token) // 2
    changed = token[:middle] + ("B" if token[middle] == "A" else "A") + token[middle + 1 :]
    people.keys.update(
        {
            "forged token": (key, secret, changed),
            "no token": (key, secret, None),
            "other's token": (key, secret, other_token),
            "token that is none": (key, secret, "not-a-token"),
            "wrong secret": (key, "wrong" + secret, token),
            "other's secret": (key, other_secret, token),
            "unknown key": ("AKIAUNKNOWN00EXAMPLE", "no-secret", None),
        }
    )


def link(people, caller, region=None, **parameters):
    client = people.client(caller, region=region)
    return client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=600)


def cases(people):
    prepare(people)
    iam = people.iam()
    revoke = lambda: iam.put_role_policy(
        RoleName="revoked",
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=policy(
            deny("*", "*", {"DateLessThan": {"aws:TokenIssueTime": "2099-01-01T00:00:00Z"}})
        ),
    )

    def remove_role():
        iam.detach_role_policy(RoleName="gone", PolicyArn=ADMIN)
        iam.delete_role(RoleName="gone")

    linked = link(people, "linker", Bucket="plain", Key="a")
    leaving = link(people, "leaver", Bucket="plain", Key="a")
    return [
        get("a session", "session", "200", "plain"),
        get("a token that was changed", "forged token", "400 InvalidToken", "plain"),
        get("no token at all", "no token", "403 InvalidAccessKeyId", "plain"),
        get("another session's token", "other's token", "400 InvalidToken", "plain"),
        get("a token that is none", "token that is none", "400 InvalidToken", "plain"),
        get("a wrong secret", "wrong secret", "403 SignatureDoesNotMatch", "plain"),
        get("another session's secret", "other's secret", "403 SignatureDoesNotMatch", "plain"),
        get("a key that nobody has", "unknown key", "403 InvalidAccessKeyId", "plain"),
        case("and STS", "unknown key", "sts.get_caller_identity", "403 InvalidClientTokenId"),
        case("and KMS", "unknown key", "kms.list_keys", "400 UnrecognizedClientException"),
        case("and IAM", "unknown key", "iam.list_users", "403 InvalidClientTokenId"),
        get(
            "a client of another region is told the right one, and goes there",
            "session",
            "200",
            "plain",
            region="eu-west-1",
        ),
        case(
            "a link for another region",
            "session",
            "link.open",
            "400 AuthorizationQueryParametersError",
            url=link(people, "session", region="eu-west-1", Bucket="plain", Key="a"),
        ),
        case("a link", "linker", "link.open", "200", url=linked),
        case(
            "a link whose maker's right was taken",
            "linker",
            "link.open",
            "403 AccessDenied",
            url=linked,
            first=lambda: iam.delete_user_policy(UserName="linker", PolicyName="own"),
        ),
        case(
            "a link whose maker's right is back",
            "linker",
            "link.open",
            "200",
            url=linked,
            first=lambda: iam.put_user_policy(
                UserName="linker", PolicyName="own", PolicyDocument=policy(allow("s3:GetObject"))
            ),
        ),
        case(
            "a link whose maker's key is gone",
            "leaver",
            "link.open",
            "403 InvalidAccessKeyId",
            url=leaving,
            first=lambda: iam.delete_access_key(
                UserName="leaver", AccessKeyId=people.keys["leaver"][0]
            ),
        ),
        get(
            "a key that was made inactive",
            "sleeper",
            "403 InvalidAccessKeyId",
            "plain",
            first=lambda: iam.update_access_key(
                UserName="sleeper", AccessKeyId=people.keys["sleeper"][0], Status="Inactive"
            ),
        ),
        get(
            "a key that is active again",
            "sleeper",
            "200",
            "plain",
            first=lambda: iam.update_access_key(
                UserName="sleeper", AccessKeyId=people.keys["sleeper"][0], Status="Active"
            ),
        ),
        get("a session before its role is revoked", "old session", "200", "plain"),
        get(
            "and after",
            "old session",
            "403 AccessDenied",
            "plain",
            first=revoke,
            says="with an explicit deny in an identity-based policy",
        ),
        get(
            "a session whose role is gone", "orphan", "400 InvalidToken", "plain", first=remove_role
        ),
        case(
            "who may not be a role",
            "linker",
            "sts.assume_role",
            "403 AccessDenied",
            RoleArn=f"arn:aws:iam::{LAB}:role/worker",
            RoleSessionName="xx",
        ),
        case(
            "a role that is not there",
            "lab admin",
            "sts.assume_role",
            "403 AccessDenied",
            RoleArn=f"arn:aws:iam::{LAB}:role/nowhere",
            RoleSessionName="xx",
        ),
        case(
            "the root user assumes no role",
            "lab root",
            "sts.assume_role",
            "403 AccessDenied",
            RoleArn=f"arn:aws:iam::{LAB}:role/worker",
            RoleSessionName="xx",
        ),
        case(
            "a session longer than the role gives",
            "lab admin",
            "sts.assume_role",
            "400 ValidationError",
            RoleArn=f"arn:aws:iam::{LAB}:role/worker",
            RoleSessionName="xx",
            DurationSeconds=7200,
        ),
    ]
