import { describe, expect, it } from "vitest";
import { isPublicPolicy } from "./is-public.ts";
import { parsePolicy } from "./parse.ts";

function isPublic(...statements: Record<string, unknown>[]): boolean {
  const full = statements.map((statement) => ({
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::data/*",
    ...statement,
  }));
  const text = JSON.stringify({ Version: "2012-10-17", Statement: full });
  return isPublicPolicy(parsePolicy(text, { bucket: "data" }));
}

describe("principals", () => {
  it.each([
    ["everybody", { Principal: "*" }, true],
    ["everybody among others", { Principal: { AWS: ["111122223333", "*"] } }, true],
    ["an account", { Principal: { AWS: "111122223333" } }, false],
    ["a service", { Principal: { Service: "cloudfront.amazonaws.com" } }, false],
    ["all but one", { Principal: undefined, NotPrincipal: { AWS: "111122223333" } }, true],
    ["a Deny to everybody", { Effect: "Deny" }, false],
  ])("%s: %s", (_title, statement, expected) => {
    expect(isPublic(statement)).toBe(expected);
  });
});

describe("conditions that pin an Allow to everybody down", () => {
  it.each([
    ["StringEquals", "aws:PrincipalOrgID", "o-a1b2c3", false],
    ["StringEquals", "aws:PrincipalAccount", "111122223333", false],
    ["StringLike", "aws:PrincipalAccount", "1111*", true],
    ["StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}", true],
    ["StringEqualsIfExists", "aws:PrincipalAccount", "111122223333", true],
    ["StringNotEquals", "aws:PrincipalAccount", "111122223333", true],
    ["ForAllValues:StringEquals", "aws:SourceVpce", "vpce-1", true],
    ["ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3/*", false],
    ["StringEquals", "aws:SourceVpce", "vpce-1", false],
    ["IpAddress", "aws:SourceIp", "10.0.0.0/8", false],
    ["IpAddress", "aws:SourceIp", "0.0.0.0/1", true],
    ["IpAddress", "aws:SourceIp", "2001:db8::/32", false],
    ["IpAddress", "aws:SourceIp", "2000::/3", true],
    ["NotIpAddress", "aws:SourceIp", "10.0.0.0/8", true],
    ["StringLike", "aws:userid", "AROAEXAMPLEID:*", true],
    ["StringEquals", "aws:userid", "AROAEXAMPLEID:jane", false],
    ["StringLike", "aws:Referer", "https://x.org/*", true],
    ["Bool", "aws:SecureTransport", "true", true],
    ["ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:us-west-2:111122223333:accesspoint/*", false],
    ["ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:us-west-2:*:accesspoint/*", true],
  ])("%s %s %s: public %s", (operator, key, value, expected) => {
    expect(isPublic({ Condition: { [operator]: { [key]: value } } })).toBe(expected);
  });

  it("one open value among fixed ones is enough", () => {
    const Condition = { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"] } };
    expect(isPublic({ Condition })).toBe(true);
  });

  it("one fixed condition among open ones suffices, for they are AND-ed", () => {
    const Condition = {
      StringEquals: { "aws:PrincipalAccount": "111122223333" },
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/*" },
    };
    expect(isPublic({ Condition })).toBe(false);
  });
});

it("one public statement makes the whole policy public", () => {
  expect(isPublic({ Principal: { AWS: "111122223333" } }, {})).toBe(true);
});
