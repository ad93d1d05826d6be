import { describe, expect, it } from "vitest";
import { accountId, roleArn, root, session, user } from "./testing-fixtures/principals.ts";
import { anonymous, ask, decisionOf, policyOf } from "./testing-fixtures/statements.ts";

describe("what the caller says of condition keys", () => {
  const issuedAt = new Date("2026-01-02T03:04:05Z");
  const tagged = { ...session, issuedAt, tags: [{ Key: "Team", Value: "red" }] };
  const keys = [
    "aws:userid",
    "aws:username",
    "aws:PrincipalType",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalTag/team",
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
  ];
  it.each([
    ["anonymous", anonymous, ["anonymous", undefined, "Anonymous"]],
    ["root", root, [accountId, undefined, "Account", root.arn, accountId]],
    ["user", user, [user.userId, "joe", "User", user.arn, accountId]],
    ["session", session, [session.userId, undefined, "AssumedRole", roleArn, accountId]],
    [
      "session with tags and a time",
      tagged,
      [
        session.userId,
        undefined,
        "AssumedRole",
        roleArn,
        accountId,
        "red",
        issuedAt.toISOString(),
        "false",
      ],
    ],
    ["of no known id", { ...user, userId: "" }, [undefined, "joe", "User", user.arn, accountId]],
  ] as const)("%s", (_title, principal, expected) => {
    const wrong = keys.filter((key, index) => {
      const value = expected[index];
      const Condition =
        value === undefined ? { Null: { [key]: "true" } } : { StringEquals: { [key]: value } };
      return decisionOf(policyOf({ Condition }), ask({ principal })) !== "allow";
    });
    expect(wrong).toEqual([]);
  });
});
