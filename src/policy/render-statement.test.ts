import { describe, expect, it } from "vitest";
import { parsePolicy } from "./parse.ts";
import { renderStatement } from "./render-statement.ts";
import { statementWords } from "./describe-statement.ts";

const statements = [
  {
    Sid: "One",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  },
  {
    Effect: "Allow",
    NotPrincipal: { AWS: ["111122223333", "444455556666"], Service: "cloudtrail.amazonaws.com" },
    NotAction: ["s3:DeleteBucket", "s3:PutBucketPolicy"],
    NotResource: "arn:aws:s3:::data/secret/*",
    Condition: {
      "ForAnyValue:StringLikeIfExists": { "aws:PrincipalTag/team": ["a*", "b"] },
      Null: { "aws:SourceVpc": "true" },
      NotIpAddress: { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"] },
    },
  },
];
const policy = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), {
  bucket: "data",
});

it("what was parsed is rendered as it was", () => {
  const rendered = policy.statements.map((one) => renderStatement(one, { principals: true }));
  expect(rendered).toEqual(statements);
});

it("without principals where the kind of policy names none", () => {
  const [first] = policy.statements;
  if (first === undefined) throw new Error("no statement");
  expect(renderStatement(first, { principals: false })).not.toHaveProperty("Principal");
});

describe("in words", () => {
  const [first, second] = policy.statements.map(statementWords);

  it("of an ordinary statement", () => {
    expect(first).toEqual({
      who: ["everybody"],
      what: ["s3:*"],
      on: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
      when: ["aws:SecureTransport is false"],
    });
  });

  it("of what is negated, of sets and of missing keys", () => {
    expect(second?.who[0]).toBe("everybody but");
    expect(second?.what[0]).toBe("everything but");
    expect(second?.on[0]).toBe("everything but");
    expect(second?.when).toEqual([
      "some aws:PrincipalTag/team is like a* or b, or it is not sent",
      "aws:SourceVpc is not sent",
      "aws:SourceIp is not in 10.0.0.0/8 nor 192.0.2.0/24",
    ]);
  });
});
