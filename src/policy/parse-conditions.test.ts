import { describe, expect, it } from "vitest";
import { parsePolicy } from "./parse.ts";
import { PolicyError } from "./policy-error.ts";

function refusalOf(change: Record<string, unknown>, Version = "2012-10-17"): string {
  const Statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::data/*",
    ...change,
  };
  try {
    parsePolicy(JSON.stringify({ Version, Statement }), { bucket: "data" });
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
  return "accepted";
}

function kind(operator: string, value: string): string {
  return `Invalid value in Conditions for ${operator} : ${value}`;
}

describe("condition keys are judged by what S3's actions have", () => {
  const mismatch = "Conditions do not apply to combination of actions and resources in statement";
  const invalid = "Policy has an invalid condition key";
  const both = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"];
  it.each([
    ["s3:ListBucket", "s3:prefix", "accepted"],
    ["s3:ListBucket", "issuer.example/realm/a:sub", "accepted"],
    ["s3:ListBucket", "127.0.0.1:8080:sub", "accepted"],
    ["s3:ListBucket", "realm/a:sub", invalid],
    ["s3:ListBucketVersions", "S3:PREFIX", "accepted"],
    ["s3:GetObject", "s3:prefix", mismatch],
    [["s3:ListBucket", "s3:GetBucketLocation"], "s3:prefix", mismatch],
    ["s3:*", "s3:prefix", "accepted"],
    ["s3:Put*", "s3:prefix", mismatch],
    ["s3:PutObject", "s3:x-amz-acl", "accepted"],
    [["s3:GetObject", "s3:PutObject"], "s3:x-amz-acl", mismatch],
    ["s3:PutObject", "s3:ExistingObjectTag/team", mismatch],
    ["s3:DeleteObject", "s3:ExistingObjectTag/team", mismatch],
    ["s3:DeleteObjectTagging", "s3:ExistingObjectTag/team", "accepted"],
    ["s3:GetObjectAttributes", "s3:ExistingObjectTag/team", "accepted"],
    ["s3:GetObjectRetention", "s3:ExistingObjectTag/team", mismatch],
    ["s3:PutObjectAcl", "s3:RequestObjectTag/team", mismatch],
    ["s3:PutObjectTagging", "s3:RequestObjectTag/team", "accepted"],
    ["s3:GetObjectVersion", "s3:VersionId", "accepted"],
    ["s3:GetObject", "s3:versionid", mismatch],
    ["s3:GetObject", "s3:TlsVersion", "accepted"],
    ["s3:GetObject", "s3:VersionStatus", invalid],
    ["s3:GetObject", "S3:VersionStatus", invalid],
    ["s3:GetObject", "s3:ExistingObjectTag", invalid],
    ["s3:GetObject", "s3:ExistingObjectTag/", invalid],
    ["s3:GetObject", "s3:prefix/team", invalid],
    ["s3:GetObject", "aws:PrincipalTag/team", "accepted"],
    ["s3:GetObject", "accounts.google.com:aud", "accepted"],
  ])("%j with %s: %s", (Action, key, expected) => {
    const Condition = { StringEquals: { [key]: "x" } };
    expect(refusalOf({ Action, Resource: both, Condition })).toBe(expected);
  });

  it("of a wildcard only the actions count that have a resource in the statement", () => {
    const Condition = { StringEquals: { "s3:prefix": "x" } };
    expect(refusalOf({ Action: "s3:*", Condition })).toBe(mismatch);
  });
});

describe("condition values are of the operator's kind", () => {
  it.each([
    ["NumericLessThan", "10", "-0.5"],
    ["DateGreaterThan", "2026-01-02T03:04:05Z", "2026-02-28"],
    ["DateLessThanEquals", "1767225600", "2026-01-02T03:04+02:00"],
    ["Bool", "true", "FALSE"],
    ["Null", "true", "false"],
    ["IpAddress", "203.0.113.0/24", "2001:db8::1"],
    ["NotIpAddress", "10.1.2.3/8", "::/0"],
    ["BinaryEquals", "QmluYXJ5", ""],
    ["Bool", "${aws:SecureTransport}", "${aws:x, 'true'}"],
  ])("%s takes %s and %s", (operator, ...values) => {
    const Condition = { [operator]: { "aws:x": values } };
    expect(refusalOf({ Condition })).toBe("accepted");
  });

  const noAddress = "Invalid IP address in Conditions";
  it.each([
    ["NumericLessThan", "ten", kind("NumericLessThan", "ten")],
    ["NumericEqualsIfExists", "0x10", kind("NumericEqualsIfExists", "0x10")],
    ["NumericEquals", "", kind("NumericEquals", "")],
    ["NumericEquals", "${s3:max-keys}", kind("NumericEquals", "${s3:max-keys}")],
    ["DateEquals", "tomorrow", kind("DateEquals", "tomorrow")],
    ["DateLessThan", "2026-02-29", kind("DateLessThan", "2026-02-29")],
    ["DateLessThan", "2026-01-02T03:04:05", kind("DateLessThan", "2026-01-02T03:04:05")],
    ["Bool", "yes", kind("Bool", "yes")],
    ["ForAnyValue:Bool", "1", kind("ForAnyValue:Bool", "1")],
    ["Null", "${aws:SecureTransport}", kind("Null", "${aws:SecureTransport}")],
    ["BinaryEquals", "?", kind("BinaryEquals", "?")],
    ["IpAddress", "10.0.0.0/33", noAddress],
    ["IpAddress", "10.0.0/8", noAddress],
    ["NotIpAddress", "2001:db8::/129", noAddress],
    ["NotIpAddressIfExists", "office", noAddress],
  ])("%s does not take %j", (operator, value, expected) => {
    const Condition = { [operator]: { "aws:x": value } };
    expect(refusalOf({ Condition })).toBe(expected);
  });

  it("a policy of 2008-10-17 has no variables to be true", () => {
    const Condition = { Bool: { "aws:x": "${aws:SecureTransport}" } };
    expect(refusalOf({ Condition }, "2008-10-17")).toBe(kind("Bool", "${aws:SecureTransport}"));
  });
});
