import { describe, expect, it } from "vitest";
import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import type { NearestMiss } from "./evaluate.ts";
import { evaluateBucketPolicy } from "./evaluate.ts";
import { parsePolicy } from "./parse.ts";
import type { Policy } from "./policy.ts";
import { contextOf, type PolicyRequest, type Principal } from "./request.ts";
import {
  accountId,
  roleArn,
  root,
  session,
  stranger,
  user,
} from "./testing-fixtures/principals.ts";

const anonymous: Principal = { kind: "anonymous" };
const objects = "arn:aws:s3:::data/*";

function policyOf(...statements: Record<string, unknown>[]): CompiledPolicy {
  return compilePolicy(parsed(...statements));
}

function parsed(...statements: Record<string, unknown>[]): Policy {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({
      Effect: "Allow",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::data", objects],
      ...statement,
    })),
  });
  return parsePolicy(text, { bucket: "data", uniqueIds: "accept" });
}

function ask(change: Partial<PolicyRequest> = {}): PolicyRequest {
  return {
    principal: session,
    action: "s3:GetObject",
    resource: "arn:aws:s3:::data/test/a.txt",
    ...change,
  };
}

function decisionOf(policy: CompiledPolicy, request: PolicyRequest): string {
  return evaluateBucketPolicy(policy, request).decision;
}

describe("the caller named in each form of principal", () => {
  const without = "arn:aws:iam::111122223333:role/AWSReservedSSO_Lab_0123456789abcdef";
  it.each([
    ["*", "*", anonymous, "allow", "everyone"],
    ["AWS *", { AWS: "*" }, stranger, "allow", "everyone"],
    ["a user", { AWS: user.arn }, user, "allow", "user"],
    ["another user", { AWS: user.arn }, stranger, "none", undefined],
    ["the role with its path", { AWS: roleArn }, session, "allow", "role"],
    ["the role without its path", { AWS: without }, session, "allow", "role"],
    [
      "a role of that name elsewhere",
      { AWS: without.replace("1111", "4444") },
      session,
      "none",
      undefined,
    ],
    ["the session", { AWS: session.arn }, session, "allow", "session"],
    [
      "another session",
      { AWS: session.arn },
      { ...session, arn: `${session.arn}-2` },
      "none",
      undefined,
    ],
    ["the role's unique id", { AWS: "AROALAB0000000000001" }, session, "allow", "role"],
    ["a deleted role's unique id", { AWS: "AROAGONE000000000001" }, session, "none", undefined],
    ["the root user by account id", { AWS: accountId }, root, "allow", "root"],
    ["a service", { Service: "cloudtrail.amazonaws.com" }, session, "none", undefined],
    ["a role, asked anonymously", { AWS: roleArn }, anonymous, "none", undefined],
  ] as const)("%s", (_title, principal, caller, decision, matchedAs) => {
    const verdict = evaluateBucketPolicy(
      policyOf({ Principal: principal }),
      ask({ principal: caller }),
    );
    expect(verdict).toMatchObject({ decision, matchedAs });
  });

  it.each([accountId, `arn:aws:iam::${accountId}:root`])(
    "an Allow to the account (%s) only delegates; a Deny hits everybody in it",
    (account) => {
      const allow = evaluateBucketPolicy(
        policyOf({ Principal: { AWS: account }, Sid: "A" }),
        ask(),
      );
      expect(allow).toMatchObject({ decision: "none", delegation: { index: 0, sid: "A" } });
      const deny = policyOf({ Principal: { AWS: account }, Effect: "Deny" });
      expect(decisionOf(deny, ask())).toBe("deny");
      expect(decisionOf(deny, ask({ principal: stranger }))).toBe("none");
    },
  );

  it("a direct Allow counts though the account is listed first", () => {
    const policy = policyOf({ Principal: { AWS: [accountId, roleArn] } });
    expect(evaluateBucketPolicy(policy, ask())).toMatchObject({
      decision: "allow",
      matchedAs: "role",
    });
  });
});

describe("NotPrincipal in a Deny excepts only a caller who is listed layer by layer", () => {
  it.each([
    ["session alone", [session.arn], "deny"],
    ["session and role", [session.arn, roleArn], "deny"],
    ["session, role and account", [session.arn, roleArn, accountId], "none"],
  ])("%s", (_title, listed, decision) => {
    const policy = policyOf({
      Effect: "Deny",
      Principal: undefined,
      NotPrincipal: { AWS: listed },
    });
    expect(decisionOf(policy, ask())).toBe(decision);
    expect(decisionOf(policy, ask({ principal: anonymous }))).toBe("deny");
  });
});

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
    expect(evaluateBucketPolicy(policyOf({}, tlsOnly), ask({ context }))).toMatchObject({
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
    expect(evaluateBucketPolicy(policy, ask()).denies).toEqual([
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
  return evaluateBucketPolicy(policy, request, { explain: true }).nearestMiss;
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
