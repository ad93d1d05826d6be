import { expect, test } from "vitest";
import { granteeOf } from "./policy-statements.ts";
import { arnsOf, recallPolicy, stablePrincipalsOf } from "./recall-policy.ts";
import { principalOfArn } from "./resolve-principals.ts";

const role = "arn:aws:iam::111122223333:role/Developer";

test.each<[unknown, readonly string[]]>([
  [{ AWS: role }, [role]],
  [{ AWS: [role, `${role}s`] }, [role, `${role}s`]],
  [{ AWS: [role, "AROAAAAAAAAAAAAAAAAAA"] }, []],
  [{ Federated: "arn:aws:iam::111122223333:saml-provider/x" }, []],
  [{ AWS: role, Federated: "arn:aws:iam::111122223333:saml-provider/x" }, []],
  ["*", []],
])("who is named by ARNs alone: %j", (Principal, expected) => {
  expect(arnsOf({ Principal })).toEqual(expected);
});

const sso = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com";
const lab = `AWSReservedSSO_Lab_${"?".repeat(16)}`;
const stable = (...arns: string[]) => granteeOf(arns.map(principalOfArn), "stable") ?? {};

test.each<[string, readonly string[], readonly string[]]>([
  ["roles with their paths", [role, `${role}s`], [role, `${role}s`]],
  ["a permission set", [`${sso}/eu-west-1/AWSReservedSSO_Lab_0123456789abcdef`], [`${sso}/${lab}`]],
  ["its pattern", [`${sso}/${lab}`], [`${sso}/${lab}`]],
  [
    "a session, whose role's path nobody knows",
    ["arn:aws:sts::111122223333:assumed-role/Developer/jo", role.replace("1111", "2222")],
    ["arn:aws:iam::111122223333:role/*/Developer", role.replace("1111", "2222")],
  ],
  [
    "a user",
    ["arn:aws:iam::111122223333:user/staff/jo"],
    ["arn:aws:iam::111122223333:user/staff/jo"],
  ],
])("%s in a condition can be said again", (_, asked, said) => {
  const grantee = { Principal: "*", ...stable(...asked) };
  const found = stablePrincipalsOf(grantee) ?? [];
  expect([...found].sort()).toEqual([...said].sort());
  expect(stable(...found)).toEqual(grantee);
});

test.each([
  ["any role", `arn:aws:iam::111122223333:role/*`],
  ["a name's beginning", `${sso}/AWSReservedSSO_Lab_*`],
  ["one path of two", `${sso}/${lab}`],
])("patterns of others cannot: %s", (_, pattern) => {
  const Condition = {
    StringEquals: { "aws:PrincipalAccount": "111122223333" },
    ArnLike: { "aws:PrincipalArn": pattern },
  };
  expect(stablePrincipalsOf({ Principal: "*", Condition })).toBeUndefined();
});

test("a guard alone shows that plain http was not to be refused", () => {
  expect(recallPolicy([{ Sid: "SmsStorageGuard" }])).toMatchObject({
    access: "none",
    tlsOnly: false,
  });
  expect(recallPolicy([])).toBeUndefined();
});

test("a Deny under a Sid of ours names nobody who has access", () => {
  const statement = {
    Sid: "SmsStorageObjects",
    Principal: { AWS: role },
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::b/*",
  };
  expect(recallPolicy([{ ...statement, Effect: "Allow" }])?.grantee).toEqual({
    Principal: { AWS: role },
  });
  expect(recallPolicy([{ ...statement, Effect: "Deny" }])?.grantee).toBeUndefined();
});
