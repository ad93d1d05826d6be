import { describe, expect, it, vi } from "vitest";
import type { ContextLookup } from "./request.ts";
import { user } from "./testing-fixtures/principals.ts";
import { ask, decisionOf, policyOf } from "./testing-fixtures/statements.ts";

describe("tags whose names differ in case only", () => {
  const key = "s3:ExistingObjectTag/class";
  const variable = { "aws:PrincipalType": "${s3:ExistingObjectTag/class}" };
  it.each([
    ["Allow", { StringEquals: { [key]: "public" } }, ["public"], "allow"],
    ["Allow", { StringEquals: { [key]: "public" } }, ["secret", "public"], "none"],
    ["Allow", { StringEquals: { [key]: ["public", "secret"] } }, ["secret", "public"], "allow"],
    ["Allow", { StringNotEquals: { [key]: "secret" } }, ["secret", "public"], "none"],
    ["Allow", { "ForAnyValue:StringEquals": { [key]: "public" } }, ["secret", "public"], "none"],
    ["Deny", { StringEquals: { [key]: "secret" } }, ["public", "secret"], "deny"],
    ["Deny", { StringNotEquals: { [key]: "public" } }, ["public", "secret"], "deny"],
    ["Deny", { "ForAllValues:StringEquals": { [key]: "secret" } }, ["public", "secret"], "deny"],
    ["Deny", { StringEquals: { [key]: "top" } }, ["public", "secret"], "none"],
    ["Deny", { Null: { [key]: "false" } }, ["public", "secret"], "deny"],
    ["Allow", { StringEquals: variable }, ["User", "Root"], "none"],
    ["Deny", { StringEquals: variable }, ["Root", "User"], "deny"],
    ["Deny", { StringNotEquals: variable }, ["Root", "User"], "deny"],
  ])("%s %j of %j: %s", (Effect, Condition, tags, decision) => {
    const context = (asked: string) => (asked === key.toLowerCase() ? tags : undefined);
    const policy = policyOf({ Effect, Condition });
    expect(decisionOf(policy, ask({ principal: user, context }))).toBe(decision);
  });

  it.each([
    ["Allow", ["a", "b"], "none"],
    ["Allow", ["a"], "allow"],
    ["Deny", ["b", "a"], "deny"],
    ["Deny", ["b", "c"], "none"],
  ])("%s of a resource that names such a tag, %j: %s", (Effect, tags, decision) => {
    const name = "aws:PrincipalTag/team";
    const context = (asked: string) => (asked === name.toLowerCase() ? tags : undefined);
    const policy = policyOf({ Effect, Resource: `arn:aws:s3:::data/\${${name}}/*` });
    const request = ask({ principal: user, resource: "arn:aws:s3:::data/a/file", context });
    expect(decisionOf(policy, request)).toBe(decision);
  });

  it("more ways to read them than can be tried: an Allow is none, a Deny counts", () => {
    const names = Array.from({ length: 7 }, (_, index) => `s3:ExistingObjectTag/k${index}`);
    const Condition = { StringEquals: Object.fromEntries(names.map((name) => [name, ["a", "b"]])) };
    const request = ask({ context: (name) => (name.includes("tag/k") ? ["a", "b"] : undefined) });
    expect(decisionOf(policyOf({ Condition }), request)).toBe("none");
    expect(decisionOf(policyOf({ Effect: "Deny", Condition }), request)).toBe("deny");
  });

  it("are looked up only where the statement's resource fits", () => {
    const policy = policyOf({
      Resource: "arn:aws:s3:::data/else/*",
      Condition: { StringEquals: { [key]: "public" } },
    });
    const context = vi.fn<ContextLookup>();
    expect(decisionOf(policy, ask({ context }))).toBe("none");
    expect(context).not.toHaveBeenCalled();
  });
});
