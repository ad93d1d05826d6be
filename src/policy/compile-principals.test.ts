import { describe, expect, it } from "vitest";
import { evaluatePolicy } from "./evaluate.ts";
import {
  accountId,
  otherAccountId,
  roleArn,
  root,
  session,
  stranger,
  user,
} from "./testing-fixtures/principals.ts";
import { anonymous, ask, decisionOf, policyOf } from "./testing-fixtures/statements.ts";

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
    const verdict = evaluatePolicy(policyOf({ Principal: principal }), ask({ principal: caller }));
    expect(verdict).toMatchObject({ decision, matchedAs });
  });

  it.each([accountId, `arn:aws:iam::${accountId}:root`])(
    "an Allow to the account (%s) only delegates; a Deny hits everybody in it",
    (account) => {
      const allow = evaluatePolicy(policyOf({ Principal: { AWS: account }, Sid: "A" }), ask());
      expect(allow).toMatchObject({ decision: "none", delegation: { index: 0, sid: "A" } });
      const deny = policyOf({ Principal: { AWS: account }, Effect: "Deny" });
      expect(decisionOf(deny, ask())).toBe("deny");
      expect(decisionOf(deny, ask({ principal: stranger }))).toBe("none");
    },
  );

  it("a direct Allow counts though the account is listed first", () => {
    const policy = policyOf({ Principal: { AWS: [accountId, roleArn] } });
    expect(evaluatePolicy(policy, ask())).toMatchObject({
      decision: "allow",
      matchedAs: "role",
    });
  });
});

describe("an account's canonical user id is as good as its number", () => {
  const canonicalUserId = "0a".repeat(32);
  const Principal = { CanonicalUser: canonicalUserId };
  it.each([
    ["a user, in a Deny", { ...user, canonicalUserId }, "Deny", "deny"],
    ["a session, in a Deny", { ...session, canonicalUserId }, "Deny", "deny"],
    ["root, in an Allow", { ...root, canonicalUserId }, "Allow", "allow"],
    ["a user, in an Allow that only delegates", { ...user, canonicalUserId }, "Allow", "none"],
    ["another account's user", { ...user, canonicalUserId: "0b".repeat(32) }, "Deny", "none"],
    ["somebody whose id is not known", user, "Deny", "none"],
    ["anonymous", anonymous, "Deny", "none"],
  ] as const)("%s", (_title, principal, Effect, decision) => {
    expect(decisionOf(policyOf({ Effect, Principal }), ask({ principal }))).toBe(decision);
  });
});

describe("NotPrincipal", () => {
  const otherUser = { ...user, arn: `${user.arn}-2`, userId: "AIDAELSE000000000001" };
  const rootArn = `arn:aws:iam::${accountId}:root`;
  it.each([
    ["session: session alone", session, [session.arn], "deny"],
    ["session: session and role", session, [session.arn, roleArn], "deny"],
    ["session: session and account", session, [session.arn, accountId], "deny"],
    ["session: role and account", session, [roleArn, accountId], "deny"],
    ["session: account alone", session, [accountId], "deny"],
    ["session: all three", session, [session.arn, roleArn, accountId], "none"],
    ["session: all three, by root ARN", session, [session.arn, roleArn, rootArn], "none"],
    [
      "session: all three, the role by id",
      session,
      [session.arn, "AROALAB0000000000001", accountId],
      "none",
    ],
    ["session: another session of it", session, [`${session.arn}-2`, roleArn, accountId], "deny"],
    ["user: user alone", user, [user.arn], "deny"],
    ["user: account alone", user, [accountId], "deny"],
    ["user: both", user, [user.arn, accountId], "none"],
    ["user: both, by id", user, ["AIDAJOE0000000000001", accountId], "none"],
    ["user: account of another", user, [user.arn, otherAccountId], "deny"],
    ["user: another user", otherUser, [user.arn, accountId], "deny"],
    ["root: account", root, [accountId], "none"],
    ["root: another account", root, [otherAccountId], "deny"],
    ["somebody of another account", stranger, [session.arn, roleArn, accountId], "deny"],
    ["anonymous: account", anonymous, [accountId], "deny"],
    ["anonymous: everybody", anonymous, ["*"], "none"],
    ["user: everybody", user, ["*"], "none"],
  ] as const)("in a Deny, %s", (_title, principal, listed, decision) => {
    const policy = policyOf({
      Effect: "Deny",
      Principal: undefined,
      NotPrincipal: { AWS: listed },
    });
    expect(decisionOf(policy, ask({ principal }))).toBe(decision);
  });

  it.each([
    ["the one named", user, "none"],
    ["another", session, "allow"],
    ["anonymous", anonymous, "allow"],
  ] as const)("in an Allow, %s", (_title, principal, decision) => {
    const policy = policyOf({ Principal: undefined, NotPrincipal: { AWS: user.arn } });
    expect(decisionOf(policy, ask({ principal }))).toBe(decision);
  });

  it("names of services and federations except nobody who calls here", () => {
    const NotPrincipal = { Service: "cloudtrail.amazonaws.com", AWS: accountId };
    const policy = policyOf({ Effect: "Deny", Principal: undefined, NotPrincipal });
    expect(decisionOf(policy, ask({ principal: user }))).toBe("deny");
    expect(decisionOf(policy, ask({ principal: root }))).toBe("none");
  });
});
