import { expect, it } from "vitest";
import { possibleArns } from "./lasting-principal.ts";
import { type AskedPrincipal, findLockOuts } from "./lock-out.ts";
import { parseStoredPolicy } from "./parse.ts";
import { accountId, root, session } from "./testing-fixtures/principals.ts";

function lockOuts(statement: Record<string, unknown>, principals: AskedPrincipal[] = [session]) {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Sid: "Guard",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
      ...statement,
    },
  });
  return findLockOuts(parseStoredPolicy(text, "data").policy, {
    bucket: "data",
    partition: "aws",
    ownerAccountId: accountId,
    principals,
    context: new Map([["aws:SecureTransport", "true"]]),
  });
}

it("a Deny to everybody takes every essential action, with the Sid named", () => {
  const found = lockOuts({});
  expect(found.map((entry) => entry.action)).toEqual([
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:GetBucketLocation",
    "s3:ListBucket",
    "s3:PutObject",
  ]);
  expect(found[0]).toMatchObject({
    certain: true,
    statement: { sid: "Guard" },
    message: `statement "Guard" denies s3:GetBucketPolicy to ${session.arn}`,
  });
});

it("the owner's root user keeps the policy actions", () => {
  const actions = lockOuts({}, [root]).map((entry) => entry.action);
  expect(actions).toEqual(["s3:GetBucketLocation", "s3:ListBucket", "s3:PutObject"]);
});

it("a Deny of one action to everybody, as people lock themselves out, is seen", () => {
  const found = lockOuts({ Action: "s3:PutBucketPolicy", Resource: "arn:aws:s3:::data" });
  expect(found.map((entry) => entry.action)).toEqual(["s3:PutBucketPolicy"]);
});

it("TLS-only is no lock-out for callers over TLS", () => {
  expect(lockOuts({ Condition: { Bool: { "aws:SecureTransport": "false" } } })).toEqual([]);
});

it("a Deny that hangs on unknown request keys is possible, not certain", () => {
  const [first] = lockOuts({ Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } } });
  expect(first).toMatchObject({ certain: false, unknownKeys: ["aws:SourceVpce"] });
  expect(first?.message).toContain("may deny (it hangs on aws:SourceVpce)");
});

it.each([
  ["first", (all: object[]) => all],
  ["last", (all: object[]) => all.toReversed()],
])("of two Denies the certain one is told, also when it stands %s", (_, inOrder) => {
  const plain = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:ListBucket",
    Resource: "arn:aws:s3:::data",
  };
  const open = { ...plain, Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } } };
  const Statement = inOrder([{ ...plain, Sid: "Certain" }, open]);
  const text = JSON.stringify({ Version: "2012-10-17", Statement });
  const found = findLockOuts(parseStoredPolicy(text, "data").policy, {
    bucket: "data",
    partition: "aws",
    ownerAccountId: accountId,
    principals: [session],
  });
  expect(found).toMatchObject([{ certain: true, statement: { sid: "Certain" } }]);
});

it("a guard that lets the role through is no lock-out", () => {
  const Condition = { ArnNotLike: { "aws:PrincipalArn": session.principalArn } };
  expect(lockOuts({ Condition })).toEqual([]);
  expect(
    lockOuts({ Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/x" } } }),
  ).not.toEqual([]);
});

it("a guard is judged by all that the ARN of a role may be whose path is not known", () => {
  const unseen = { ...session, principalArn: session.arn, possibleArns: possibleArns(session.arn) };
  const role = session.arn.split("/")[1];
  const roles = `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com`;
  const guard = (...arns: string[]) =>
    lockOuts({ Condition: { ArnNotLike: { "aws:PrincipalArn": arns } } }, [unseen]);
  expect(guard(`${roles}/${role}`, `${roles}/*/${role}`)).toEqual([]);
  expect(guard(`${roles}/${role}`)[0]).toMatchObject({
    certain: false,
    unknownKeys: ["aws:PrincipalArn"],
    message: expect.stringContaining("may deny (it hangs on aws:PrincipalArn)") as string,
  });
  expect(guard(`${roles}/else`)[0]).toMatchObject({ certain: true, unknownKeys: [] });
});

it("a Deny on what is not known of the caller, also by a variable, is possible, not certain", () => {
  const byVariable = { StringNotEquals: { "aws:PrincipalType": "${aws:PrincipalTag/team}" } };
  expect(lockOuts({ Condition: byVariable })[0]).toMatchObject({
    certain: false,
    unknownKeys: ["aws:principaltag/team"],
  });
  const byId = { StringNotLike: { "aws:UserId": "AROAELSE000000000001:*" } };
  expect(lockOuts({ Condition: byId })[0]).toMatchObject({ certain: true });
  expect(lockOuts({ Condition: byId }, [{ ...session, userId: "" }])[0]).toMatchObject({
    certain: false,
    unknownKeys: ["aws:UserId"],
  });
});

it("a Deny with a part that is not known is possible, beside a principal that is not it is certain", () => {
  const Condition = { StringMatches: { "aws:SecureTransport": "x" } };
  expect(lockOuts({ Condition })[0]).toMatchObject({
    certain: false,
    unknownKeys: ["StringMatches"],
  });
  const Principal = { AWS: ["arn:aws:iam::moon:user/x", session.principalArn] };
  expect(lockOuts({ Principal })[0]).toMatchObject({ certain: true });
});

it("a Deny that would hold for keys that are not known is possible; what a request brings is not", () => {
  const possible = {
    certain: false,
    message: expect.stringContaining("may deny (it hangs on") as unknown,
  };
  for (const Condition of [
    { Bool: { "aws:MultiFactorAuthPresent": "false" } },
    { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    { StringEquals: { "aws:PrincipalTag/team": "red" }, Bool: { "aws:SecureTransport": "true" } },
  ]) {
    expect(lockOuts({ Condition })[0]).toMatchObject(possible);
  }
  const resource = {
    Resource: "arn:aws:s3:::data/${aws:PrincipalTag/home}",
    Action: "s3:PutObject",
  };
  expect(lockOuts(resource)[0]).toMatchObject(possible);
  const forms = { StringEquals: { "s3:x-amz-acl": "public-read" } };
  expect(lockOuts({ Action: "s3:PutObject", Condition: forms })).toEqual([]);
  const never = { ...forms, Bool: { "aws:SecureTransport": "false" } };
  expect(lockOuts({ Action: "s3:PutObject", Condition: never })).toEqual([]);
});
