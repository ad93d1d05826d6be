import { describe, expect, it } from "vitest";
import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import { evaluatePolicy, type NearestMiss } from "./evaluate.ts";
import { contextOf, type PolicyRequest } from "./request.ts";
import { accountId, roleArn, session, user } from "./testing-fixtures/principals.ts";
import { ask, decisionOf, objects, parsed, policyOf } from "./testing-fixtures/statements.ts";

describe("actions and resources", () => {
  it.each([
    ["s3:getobject", objects, "s3:GetObject", "data/x", "allow"],
    ["s3:Get*", objects, "s3:GetObjectVersion", "data/a/b", "allow"],
    ["s3:*", "arn:aws:s3:::data/*", "s3:ListBucket", "data", "none"],
    ["s3:*", "arn:aws:s3:::data", "s3:GetObject", "data/x", "none"],
    ["s3:*", "arn:aws:s3:::data/Test/*", "s3:GetObject", "data/test/x", "none"],
    ["s3:*", "arn:aws:s3:::data/t?st/*", "s3:GetObject", "data/test/x/y", "allow"],
    ["s3:*", "arn:aws:s3:::data/${aws:username}/*", "s3:GetObject", "data/joe/x", "allow"],
    ["s3:*", "arn:aws:s3:::data/${aws:username}/*", "s3:GetObject", "data/jane/x", "none"],
    ["s3:*", "arn:aws:s3:::data/${aws:PrincipalTag/x}/*", "s3:GetObject", "data/x/x", "none"],
  ])("%s on %s, asked %s on %s: %s", (listed, resource, action, path, decision) => {
    const policy = policyOf({ Action: listed, Resource: resource });
    const request = ask({ principal: user, action, resource: `arn:aws:s3:::${path}` });
    expect(decisionOf(policy, request)).toBe(decision);
  });

  it("NotAction and NotResource are everything else", () => {
    const notAction = policyOf({ Action: undefined, NotAction: "s3:Delete*" });
    expect(decisionOf(notAction, ask())).toBe("allow");
    expect(decisionOf(notAction, ask({ action: "s3:DeleteObject" }))).toBe("none");
    const notResource = policyOf({ Resource: undefined, NotResource: "arn:aws:s3:::data/test/*" });
    expect(decisionOf(notResource, ask())).toBe("none");
    expect(decisionOf(notResource, ask({ resource: "arn:aws:s3:::data/b" }))).toBe("allow");
  });

  it("a policy of 2008-10-17 takes variables for plain text", () => {
    const policy = compilePolicy({
      ...parsed({ Resource: "arn:aws:s3:::data/${aws:username}/*" }),
      version: "2008-10-17",
    });
    expect(decisionOf(policy, ask({ principal: user, resource: "arn:aws:s3:::data/joe/x" }))).toBe(
      "none",
    );
  });
});

describe("conditions", () => {
  const tlsOnly = {
    Sid: "Tls",
    Effect: "Deny",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };

  it("a Deny beats an Allow, and names itself and its condition", () => {
    const context = contextOf([["AWS:securetransport", "false"]]);
    expect(evaluatePolicy(policyOf({}, tlsOnly), ask({ context }))).toMatchObject({
      decision: "deny",
      statement: { index: 1, sid: "Tls" },
      conditions: [{ operator: "Bool", values: ["false"], actual: ["false"] }],
    });
    expect(decisionOf(policyOf({}, tlsOnly), ask())).toBe("allow");
  });

  it("every Deny is collected, not just the first", () => {
    const policy = policyOf(
      { Sid: "A", Effect: "Deny" },
      { Sid: "B" },
      { Sid: "C", Effect: "Deny" },
    );
    expect(evaluatePolicy(policy, ask()).denies).toEqual([
      { index: 0, sid: "A" },
      { index: 2, sid: "C" },
    ]);
  });

  it("operators and keys are AND-ed", () => {
    const policy = policyOf({
      Condition: {
        StringEquals: { "aws:PrincipalAccount": accountId, "s3:prefix": "test/" },
        ArnLike: {
          "aws:PrincipalArn": "arn:aws:iam::*:role/*/AWSReservedSSO_Lab_????????????????",
        },
      },
    });
    const list = { action: "s3:ListBucket", resource: "arn:aws:s3:::data" };
    expect(decisionOf(policy, ask({ ...list, context: contextOf([["s3:prefix", "test/"]]) }))).toBe(
      "allow",
    );
    expect(decisionOf(policy, ask({ ...list, context: contextOf([["s3:prefix", "b/"]]) }))).toBe(
      "none",
    );
  });

  it("aws:PrincipalArn is the role's ARN, never the session's", () => {
    const policy = policyOf({ Condition: { ArnEquals: { "aws:PrincipalArn": session.arn } } });
    expect(decisionOf(policy, ask())).toBe("none");
  });

  it.each([
    ["StringEquals", "none"],
    ["StringLike", "none"],
    ["StringNotEquals", "allow"],
    ["StringNotLike", "allow"],
    ["ArnNotLike", "allow"],
    ["StringEqualsIfExists", "none"],
  ])("a variable without a value equals nothing: %s gives %s", (operator, decision) => {
    const policy = policyOf({
      Condition: { [operator]: { "aws:userid": "${aws:PrincipalTag/x}" } },
    });
    expect(decisionOf(policy, ask())).toBe(decision);
  });
});

function near(policy: CompiledPolicy, request: PolicyRequest): NearestMiss | undefined {
  return evaluatePolicy(policy, request, { explain: true }).nearestMiss;
}

describe("nearest miss", () => {
  it("names the one element that failed", () => {
    const policy = policyOf(
      { Sid: "Far", Principal: { AWS: user.arn }, Action: "s3:PutObject" },
      { Sid: "Near", Principal: { AWS: roleArn }, Action: "s3:PutObject" },
    );
    expect(near(policy, ask())).toEqual({
      statement: { index: 1, sid: "Near" },
      failed: [{ element: "action", detail: "s3:GetObject is not among s3:PutObject" }],
    });
  });

  it("says when the bucket's ARN stands where the objects' is needed", () => {
    const miss = near(policyOf({ Resource: "arn:aws:s3:::data", Action: "s3:*" }), ask());
    expect(miss?.failed[0]?.detail).toContain("needs the object ARN, which ends in /*");
    const list = ask({ action: "s3:ListBucket", resource: "arn:aws:s3:::data" });
    expect(near(policyOf({ Resource: objects }), list)?.failed[0]?.detail).toContain(
      "needs the bucket ARN",
    );
  });

  it("tells a condition with what the request has", () => {
    const miss = near(
      policyOf({ Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } } }),
      ask(),
    );
    expect(miss?.failed[0]).toEqual({
      element: "condition",
      detail: "StringEquals aws:SourceVpce [vpce-1]; the request does not carry it",
    });
  });
});
