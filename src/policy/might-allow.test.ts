import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noLayers } from "./access-layers.ts";
import { compilePolicy } from "./compile-policy.ts";
import { decideAccess } from "./decide-access.ts";
import { mightBeAllowed } from "./might-allow.ts";
import { parseStoredPolicy } from "./parse.ts";
import type { Principal } from "./request.ts";

const account = "111122223333";
const ada: Principal = {
  kind: "user",
  accountId: account,
  arn: `arn:aws:iam::${account}:user/ada`,
  principalArn: `arn:aws:iam::${account}:user/ada`,
  userId: "AIDAADAADAADAADAADAA",
};
const nobody: Principal = { kind: "anonymous" };
const all = "arn:aws:s3:::bkt/*";
const action = "s3:DeleteObject";

function might(
  statements: readonly object[],
  principal: Principal,
  sourceIp = "10.0.0.1",
): boolean {
  return mightBeAllowed({
    ...question(statements, principal, sourceIp),
    request: request(principal, "arn:aws:s3:::bkt/", sourceIp),
    resourceIsPrefix: true,
  });
}

function question(statements: readonly object[], principal: Principal, sourceIp: string) {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return {
    request: request(principal, "arn:aws:s3:::bkt/a/b", sourceIp),
    resourcePolicy:
      statements.length === 0 ? undefined : compilePolicy(parseStoredPolicy(text, "bkt").policy),
    caller: noLayers,
    sameAccount: principal.kind !== "anonymous",
  };
}

function request(principal: Principal, resource: string, sourceIp: string) {
  const context = (key: string) => (key === "aws:sourceip" ? [sourceIp] : undefined);
  return { principal, action, resource, context };
}

const allow = (more: object = {}) => ({
  Effect: "Allow",
  Principal: "*",
  Action: action,
  Resource: all,
  ...more,
});
const deny = (more: object = {}) => ({ ...allow(more), Effect: "Deny" });

describe("nobody who cannot be allowed is read from", () => {
  test.each<[string, readonly object[], Principal, boolean]>([
    ["no policy, no rights", [], ada, false],
    ["an Allow of another action", [allow({ Action: "s3:GetObject" })], nobody, false],
    [
      "an Allow to somebody else",
      [allow({ Principal: { AWS: `arn:aws:iam::${account}:user/bob` } })],
      ada,
      false,
    ],
    ["an Allow to the account alone", [allow({ Principal: { AWS: account } })], ada, false],
    ["an Allow on some keys", [allow({ Resource: "arn:aws:s3:::bkt/a*" })], ada, true],
    ["an Allow on one key", [allow({ Resource: "arn:aws:s3:::bkt/a" })], nobody, true],
    [
      "an Allow on all but some",
      [{ ...allow(), Resource: undefined, NotResource: all }],
      nobody,
      true,
    ],
    [
      "an Allow with a variable",
      [allow({ Resource: "arn:aws:s3:::bkt/${aws:username}/*" })],
      ada,
      true,
    ],
    [
      "an Allow by tags of the object",
      [allow({ Condition: { StringEquals: { "s3:ExistingObjectTag/a": "b" } } })],
      ada,
      true,
    ],
    [
      "an Allow of one version",
      [allow({ Condition: { StringEquals: { "s3:VersionId": "v1" } } })],
      ada,
      true,
    ],
    [
      "a Deny of requests without a version",
      [allow(), deny({ Condition: { Null: { "s3:VersionId": "true" } } })],
      ada,
      true,
    ],
    [
      "an Allow from elsewhere",
      [allow({ Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } })],
      ada,
      false,
    ],
    [
      "an Allow from here",
      [allow({ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } })],
      ada,
      true,
    ],
    ["a Deny of everything", [allow(), deny()], ada, false],
    ["a Deny of some keys", [allow(), deny({ Resource: "arn:aws:s3:::bkt/a*" })], ada, true],
    [
      "a Deny by tags of the object",
      [allow(), deny({ Condition: { StringEquals: { "s3:ExistingObjectTag/a": "b" } } })],
      ada,
      true,
    ],
    [
      "a Deny from elsewhere",
      [allow(), deny({ Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } })],
      ada,
      true,
    ],
    [
      "a Deny from here",
      [allow(), deny({ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } })],
      ada,
      false,
    ],
  ])("%s", (_, statements, principal, expected) => {
    expect(might(statements, principal)).toBe(expected);
  });
});

test("whatever is allowed in the end might have been", () => {
  const resource = fc.constantFrom(
    all,
    "arn:aws:s3:::bkt/a*",
    "arn:aws:s3:::bkt/a/?",
    "arn:aws:s3:::bkt/a/b",
    "arn:aws:s3:::bkt/${aws:username}",
    "arn:aws:s3:::bkt",
  );
  const condition = fc.constantFrom(
    {},
    { StringEquals: { "s3:ExistingObjectTag/t": "x" } },
    { StringNotEquals: { "s3:ExistingObjectTag/t": "x" } },
    { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
  );
  const statement = fc
    .record({
      Effect: fc.constantFrom("Allow", "Deny"),
      who: fc.constantFrom("Principal", "NotPrincipal"),
      named: fc.constantFrom("*", { AWS: ada.kind === "user" ? ada.arn : "" }, { AWS: account }),
      Action: fc.constantFrom("s3:*", action, "s3:Get*"),
      what: fc.constantFrom("Resource", "NotResource"),
      resource,
      Condition: condition,
    })
    .map(({ who, named, what, resource: Resource, ...rest }) => ({
      ...rest,
      [who]: named,
      [what]: Resource,
    }));
  fc.assert(
    fc.property(
      fc.array(statement, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(ada, nobody),
      fc.constantFrom("a", "a/b", "a/bc", "ada"),
      fc.constantFrom("x", "y", undefined),
      (statements, principal, key, tag) => {
        const asked = question(statements, principal, "10.0.0.1");
        const { context } = asked.request;
        const decision = decideAccess({
          ...asked,
          request: {
            ...asked.request,
            resource: `arn:aws:s3:::bkt/${key}`,
            context: (name) =>
              name === "s3:existingobjecttag/t" && tag !== undefined ? [tag] : context(name),
          },
        });
        expect(decision.outcome !== "allowed" || might(statements, principal)).toBe(true);
      },
    ),
  );
});
