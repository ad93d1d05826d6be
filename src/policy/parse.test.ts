import { describe, expect, it } from "vitest";
import { parsePolicy, parseStoredPolicy } from "./parse.ts";
import { PolicyError } from "./policy-error.ts";

const bucket = "data";
const role = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/us-west-2/Reader";

function statement(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Sid: "One",
    Effect: "Allow",
    Principal: { AWS: role },
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::data/*",
    ...change,
  };
}

function text(statements: unknown, change: Record<string, unknown> = {}): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements, ...change });
}

function errorOf(policy: string, options = {}): string {
  try {
    parsePolicy(policy, { bucket, ...options });
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
  return "accepted";
}

/** Each about 110 bytes. */
function resources(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `arn:aws:s3:::data/${String(i).padStart(90, "0")}`,
  );
}

const notJson = "Policies must be valid JSON and the first byte must be '{'";

describe("parsePolicy refuses what S3 refuses, in S3's words", () => {
  it.each([
    ["an empty text", "", notJson],
    ["leading space", " {}", notJson],
    ["garbage", "{nonsense", notJson],
    ["a list", "[]", notJson],
    ["no Statement", "{}", "Missing required field Statement"],
    ["an empty Statement", text([]), "Could not parse the policy: Statement is empty!"],
    [
      "a version of another day",
      text([statement()], { Version: "2020-01-01" }),
      "The policy must contain a valid version string",
    ],
    ["an unknown field", text([statement()], { Comment: "x" }), "Unknown field Comment"],
    ["no Effect", text([statement({ Effect: undefined })]), "Missing required field Effect"],
    ["another Effect", text([statement({ Effect: "allow" })]), "Invalid effect: allow"],
    [
      "no Principal",
      text([statement({ Principal: undefined })]),
      "Missing required field Principal",
    ],
    ["no Action", text([statement({ Action: undefined })]), "Missing required field Action"],
    ["no Resource", text([statement({ Resource: undefined })]), "Missing required field Resource"],
    [
      "Action and NotAction",
      text([statement({ NotAction: "s3:PutObject" })]),
      "Invalid policy syntax.",
    ],
    [
      "one Sid twice",
      text([statement(), statement()]),
      "Statement IDs (SID) in a single policy must be unique.",
    ],
    [
      "an unknown action",
      text([statement({ Action: "s3:GetObjekt" })]),
      "Policy has invalid action",
    ],
    [
      "another service's action",
      text([statement({ Action: "ec2:RunInstances" })]),
      "Policy has invalid action",
    ],
    [
      "another bucket",
      text([statement({ Resource: "arn:aws:s3:::other/*" })]),
      "Policy has invalid resource",
    ],
    ["no ARN", text([statement({ Resource: "data/*" })]), "Policy has invalid resource"],
    [
      "an unknown operator",
      text([statement({ Condition: { StringMatches: { "aws:userid": "x" } } })]),
      "Invalid Condition type : StringMatches",
    ],
    [
      "a key without a service",
      text([statement({ Condition: { StringEquals: { userid: "x" } } })]),
      "Policy has an invalid condition key",
    ],
  ])("%s", (_title, policy, message) => {
    expect(errorOf(policy)).toBe(message);
  });

  it("a document over 20 KiB, counted without white space", () => {
    expect(errorOf(text([statement({ Resource: resources(300) })]))).toBe(
      "Normalized policy document exceeds the maximum allowed size of 20480 bytes",
    );
    const small = { Version: "2012-10-17", Statement: [statement({ Resource: resources(100) })] };
    expect(errorOf(JSON.stringify(small, null, 150))).toBe("accepted");
  });

  it("resources of another partition, when the partition is known", () => {
    const policy = text([statement({ Resource: "arn:aws-us-gov:s3:::data/*" })]);
    expect(errorOf(policy)).toBe("accepted");
    expect(errorOf(policy, { partition: "aws" })).toBe("Policy has invalid resource");
  });
});

describe("an action needs a resource of its kind", () => {
  const mismatch = "Action does not apply to any resource(s) in statement";
  it.each([
    ["s3:GetObject", "arn:aws:s3:::data", mismatch],
    ["s3:ListBucket", "arn:aws:s3:::data/*", mismatch],
    ["s3:ListBucket", "arn:aws:s3:::data", "accepted"],
    ["s3:GetObject", "arn:aws:s3:::data*", "accepted"],
    ["s3:GetObject", "arn:aws:s3:::d?ta/x", "accepted"],
    ["s3:ListBucket", "arn:aws:s3:::*", "accepted"],
    ["s3:GetObject", "arn:aws:s3:::*", "accepted"],
    ["s3:ListBucket", "arn:aws:s3:::*/*", mismatch],
    ["s3:*", "arn:aws:s3:::data", "accepted"],
    ["*", "arn:aws:s3:::data/*", "accepted"],
    ["S3:getobject", "arn:aws:s3:::data/*", "accepted"],
  ])("%s on %s: %s", (action, resource, expected) => {
    expect(errorOf(text([statement({ Action: action, Resource: resource })]))).toBe(expected);
  });

  it("one misfit among several is enough, spare resources are not", () => {
    const both = ["s3:GetObject", "s3:ListBucket"];
    expect(errorOf(text([statement({ Action: both })]))).toBe(mismatch);
    const spare = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"];
    expect(errorOf(text([statement({ Resource: spare })]))).toBe("accepted");
  });
});

describe("principals are judged by their shape", () => {
  it.each([
    ["*", "*", "accepted"],
    ["AWS *", { AWS: "*" }, "accepted"],
    ["an account id", { AWS: "111122223333" }, "accepted"],
    ["a role with its path", { AWS: role }, "accepted"],
    ["a session", { AWS: "arn:aws:sts::111122223333:assumed-role/Reader/jane@x.org" }, "accepted"],
    ["a service", { Service: "cloudtrail.amazonaws.com" }, "accepted"],
    ["a plain name", "jane", "Invalid principal in policy"],
    ["a short account id", { AWS: "1111" }, "Invalid principal in policy"],
    [
      "a wildcard inside",
      { AWS: "arn:aws:iam::111122223333:user/*" },
      "Invalid principal in policy",
    ],
    [
      "a session wildcard",
      { AWS: "arn:aws:sts::111122223333:assumed-role/Reader/*" },
      "Invalid principal in policy",
    ],
    ["a group", { AWS: "arn:aws:iam::111122223333:group/g" }, "Invalid principal in policy"],
    [
      "a CloudFront origin access identity, as S3 returns it",
      { AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABCDEFGHIJKL" },
      "accepted",
    ],
    [
      "another name at CloudFront",
      { AWS: "arn:aws:iam::cloudfront:user/E1ABCDEFGHIJKL" },
      "Invalid principal in policy",
    ],
    ["a canonical user", { CanonicalUser: "0a".repeat(32) }, "accepted"],
    ["a provider", { Federated: "cognito-identity.amazonaws.com" }, "accepted"],
    ["an empty list", { AWS: [] }, "Invalid principal in policy"],
    ["another type", { GCP: "x" }, "Invalid principal in policy"],
    ["a deleted role's id", { AWS: "AROAEXAMPLEID000" }, "Invalid principal in policy"],
  ])("%s", (_title, principal, expected) => {
    expect(errorOf(text([statement({ Principal: principal })]))).toBe(expected);
  });

  it("a stored policy may show a deleted role's id; putting it again is refused", () => {
    const policy = text([statement({ Principal: { AWS: "AROAEXAMPLEID000" } })]);
    expect(parseStoredPolicy(policy, bucket).unknown).toEqual([]);
  });
});

it("a user or role that is not there is no principal", () => {
  const principalExists = (arn: string) => arn === role;
  const tried = (AWS: string) =>
    errorOf(text([statement({ Principal: { AWS } })]), { principalExists });
  expect(tried(role)).toBe("accepted");
  expect(tried("111122223333")).toBe("accepted");
  expect(tried("arn:aws:iam::111122223333:root")).toBe("accepted");
  expect(tried("arn:aws:sts::111122223333:federated-user/jane")).toBe("accepted");
  const provider = (arn: string) =>
    errorOf(text([statement({ Principal: { Federated: arn } })]), { principalExists });
  expect(provider("cognito-identity.amazonaws.com")).toBe("accepted");
  expect(provider("arn:aws:iam::111122223333:saml-provider/x")).toBe("Invalid principal in policy");
  const others = ["iam::111122223333:role/Reader", "sts::111122223333:assumed-role/Gone/jane"];
  for (const other of others) expect(tried(`arn:aws:${other}`)).toBe("Invalid principal in policy");
});

describe("a stored policy is read as far as it is known", () => {
  const known = statement({ Sid: "Known" });
  it.each([
    ["Principal", "arn:aws:iam::moon:user/x", { Principal: { AWS: "arn:aws:iam::moon:user/x" } }],
    ["Principal", "x@y", { Principal: { Email: "x@y" } }],
    ["Action", "s3:NewThing", { Action: "s3:NewThing" }],
    ["Resource", "arn:aws:s3express:::data/*", { Resource: "arn:aws:s3express:::data/*" }],
    ["Condition", "StringMatches", { Condition: { StringMatches: { "aws:userid": "x" } } }],
    ["Condition", "s3:NewKey", { Condition: { StringEquals: { "s3:NewKey": "x" } } }],
    ["Condition", "Bool aws:x maybe", { Condition: { Bool: { "aws:x": "maybe" } } }],
    ["Statement", "Unknown field Grant", { Grant: "all" }],
    ["Statement", "Missing required field Action", { Action: undefined }],
  ])("an unknown %s, %s, is named and the rest is kept", (element, value, change) => {
    const policy = text([statement({ Sid: "New", ...change }), known]);
    const stored = parseStoredPolicy(policy, bucket);
    expect(stored.unknown).toEqual([{ statement: { index: 0, sid: "New" }, element, value }]);
    expect(stored.policy.statements[1]).toEqual(parsePolicy(text(known), { bucket }).statements[0]);
    expect(errorOf(policy)).not.toBe("accepted");
  });

  it("what is no policy at all is still none", () => {
    expect(() => parseStoredPolicy("{}", bucket)).toThrow("Missing required field Statement");
  });
});

it("reads a policy into one form", () => {
  const policy = parsePolicy(
    JSON.stringify({
      Statement: statement({
        Sid: undefined,
        Condition: { Bool: { "aws:SecureTransport": false } },
      }),
    }),
    { bucket },
  );
  expect(policy).toEqual({
    version: "2008-10-17",
    statements: [
      {
        effect: "Allow",
        principals: { negated: false, entries: [{ type: "AWS", value: role }] },
        actions: { negated: false, patterns: ["s3:GetObject"] },
        resources: { negated: false, patterns: ["arn:aws:s3:::data/*"] },
        conditions: [{ operator: "Bool", key: "aws:SecureTransport", values: ["false"] }],
      },
    ],
  });
});

it("refuses a policy nested too deeply like any other text, by its size and by its form", () => {
  const nested = `{"Statement":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(() => parsePolicy(nested, { bucket: "data" })).toThrow("exceeds the maximum allowed size");
  const shorter = `{"Statement":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  expect(() => parsePolicy(shorter, { bucket: "data" })).toThrow(/invalid.*syntax/i);
});
