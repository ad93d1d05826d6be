import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import { assessPolicy, evaluatePolicy, type PolicyVerdict } from "./evaluate.ts";
import { prepareRequest } from "./compile-statement.ts";
import { parsePolicy } from "./parse.ts";
import type { PolicyRequest, Principal } from "./request.ts";
import {
  accountId,
  roleArn,
  root,
  session,
  stranger,
  user,
} from "./testing-fixtures/principals.ts";

const principals: readonly unknown[] = [
  "*",
  { AWS: accountId },
  { AWS: user.arn },
  { AWS: [roleArn, session.arn] },
  { AWS: [roleArn, session.arn, accountId] },
  { AWS: stranger.arn },
  { AWS: stranger.arn, Service: "logging.s3.amazonaws.com" },
];
const values = ["red", "r*", "${aws:username}", "${aws:PrincipalTag/team}", "${s3:prefix, 'red'}"];
const resources = [
  "arn:aws:s3:::data/*",
  "arn:aws:s3:::data/red/?",
  "arn:aws:s3:::data/${aws:username}/*",
  "arn:aws:s3:::data/${aws:PrincipalTag/team}/*",
];
const operators = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"].flatMap(
  (name) => [name, `${name}IfExists`, `ForAllValues:${name}`, `ForAnyValue:${name}`],
);
const keys = ["aws:userid", "aws:PrincipalTag/team", "s3:ExistingObjectTag/team"];

function oneOrNot(name: string, value: fc.Arbitrary<unknown>) {
  return fc
    .oneof(value, value)
    .chain((drawn) => fc.constantFrom({ [name]: drawn }, { [`Not${name}`]: drawn }));
}

const conditions = fc.dictionary(
  fc.constantFrom(...operators),
  fc.dictionary(fc.constantFrom(...keys), fc.subarray(values, { minLength: 1 }), {
    minKeys: 1,
    maxKeys: 2,
  }),
  { maxKeys: 2 },
);

const statements = fc
  .tuple(
    fc.constantFrom("Allow", "Deny"),
    oneOrNot("Principal", fc.constantFrom(...principals)),
    oneOrNot("Action", fc.constantFrom("s3:GetObject", "s3:Get*", "s3:PutObjectAcl")),
    oneOrNot("Resource", fc.subarray(resources, { minLength: 1 })),
    conditions,
  )
  .map(([Effect, principal, action, resource, Condition]) => ({
    Effect,
    ...principal,
    ...action,
    ...resource,
    Condition,
  }));

const tags = fc.array(fc.constantFrom("red", "blue", "r*"), { maxLength: 2 });

const requests: fc.Arbitrary<PolicyRequest> = fc
  .tuple(
    fc.constantFrom<Principal>(
      { kind: "anonymous" },
      { kind: "anonymous", service: "logging.s3.amazonaws.com" },
      user,
      session,
      root,
      stranger,
    ),
    fc.constantFrom("s3:GetObject", "s3:PutObjectAcl"),
    fc.constantFrom("red/x", "joe/x", "other"),
    tags,
    tags,
  )
  .map(([principal, action, key, own, existing]) => ({
    principal:
      principal.kind === "anonymous"
        ? principal
        : {
            ...principal,
            tags: own.map((Value, index) => ({ Key: index === 0 ? "team" : "Team", Value })),
          },
    action,
    resource: `arn:aws:s3:::data/${key}`,
    context: (name) =>
      name === "s3:existingobjecttag/team" && existing.length > 0 ? existing : undefined,
  }));

function compiled(list: readonly unknown[]): CompiledPolicy {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: list });
  return compilePolicy(parsePolicy(text, { bucket: "data" }));
}

function judge(list: readonly unknown[], request: PolicyRequest): PolicyVerdict {
  return evaluatePolicy(compiled(list), request);
}

const lists = fc.array(statements, { minLength: 1, maxLength: 4 });
const runs = { numRuns: 1000 };

it("another Deny never opens what was closed, nor takes a Deny back", () => {
  fc.assert(
    fc.property(lists, statements, requests, (list, extra, request) => {
      const before = judge(list, request);
      const after = judge([...list, { ...extra, Effect: "Deny" }], request);
      expect(after.denies).toEqual(expect.arrayContaining([...before.denies]));
      expect([before.decision, "deny"]).toContain(after.decision);
      expect(after.delegation).toEqual(before.delegation);
    }),
    runs,
  );
});

it("who looks up only the statements that name the caller finds what all of them say", () => {
  fc.assert(
    fc.property(lists, requests, (list, request) => {
      const verdict = judge(list, request);
      const { denies, reach } = assessPolicy(compiled(list), prepareRequest(request));
      expect(denies).toBe(verdict.decision === "deny");
      if (denies) return;
      expect(reach !== undefined && reach !== "account").toBe(verdict.decision === "allow");
      expect(reach !== undefined).toBe(
        verdict.decision === "allow" || verdict.delegation !== undefined,
      );
    }),
    runs,
  );
});

it("the order of statements makes no difference", () => {
  const shuffled = lists.chain((list) =>
    fc.tuple(
      fc.constant(list),
      fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, requests, ([list, other], request) => {
      const [a, b] = [judge(list, request), judge(other, request)];
      expect(b.decision).toBe(a.decision);
      expect(b.denies).toHaveLength(a.denies.length);
      expect(b.delegation === undefined).toBe(a.delegation === undefined);
    }),
    runs,
  );
});

it("what an Allow covers a Deny covers as well, save where NotPrincipal wants all layers", () => {
  fc.assert(
    fc.property(statements, requests, (statement, request) => {
      fc.pre(!("NotPrincipal" in statement));
      const allowed = judge([{ ...statement, Effect: "Allow" }], request);
      const denied = judge([{ ...statement, Effect: "Deny" }], request);
      expect(allowed.decision === "allow" && denied.decision !== "deny").toBe(false);
    }),
    runs,
  );
});

it("a Deny on values that the caller has not denies all the same", () => {
  const inverted = fc.constantFrom("StringNotEquals", "StringNotLike", "StringNotEqualsIgnoreCase");
  const absent = fc.constantFrom("${aws:PrincipalTag/none}", "a-${aws:PrincipalTag/none}*");
  fc.assert(
    fc.property(inverted, absent, requests, lists, (operator, value, request, list) => {
      const deny = { Effect: "Deny", Principal: "*", Action: "s3:*" };
      const all = "arn:aws:s3:::data/*";
      const forms = [
        { ...deny, Resource: all, Condition: { [operator]: { "aws:PrincipalType": value } } },
        { ...deny, NotResource: `arn:aws:s3:::data/${value}` },
        { ...deny, Resource: [`arn:aws:s3:::data/${value}`, all] },
      ];
      for (const form of forms) expect(judge([...list, form], request).decision).toBe("deny");
    }),
  );
});
