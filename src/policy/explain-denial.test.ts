import { expect, test } from "vitest";
import type { CallerLayers, NamedPolicy } from "./access-layers.ts";
import { attachedPolicyKind } from "./attached-policy-kind.ts";
import type { AccessQuestion } from "./combine-layers.ts";
import { compilePolicy } from "./compile-policy.ts";
import { decideAccess } from "./decide-access.ts";
import { describeDenial, explainDenial } from "./explain-denial.ts";
import { parsePolicyOf } from "./parse.ts";
import { contextOf } from "./request.ts";
import { session } from "./testing-fixtures/principals.ts";

type Json = Readonly<Record<string, unknown>>;

function named(name: string, ...statements: readonly Json[]): NamedPolicy {
  const Statement = statements.map((one) => ({ Effect: "Allow", Resource: "*", ...one }));
  const text = JSON.stringify({ Version: "2012-10-17", Statement });
  return { name, policy: compilePolicy(parsePolicyOf(attachedPolicyKind("identity"), text)) };
}

const all = named("all", { Action: "*" });

/** How one who asks for an object is refused. */
function why(caller: CallerLayers, more: Partial<AccessQuestion> = {}): string {
  const decision = decideAccess({
    request: {
      principal: session,
      action: "s3:GetObject",
      resource: "arn:aws:s3:::data/a",
      context: contextOf([["aws:SecureTransport", "false"]]),
    },
    resourcePolicy: undefined,
    caller,
    sameAccount: true,
    ...more,
  });
  if (decision.outcome === "allowed") throw new Error("a refusal was expected");
  return describeDenial(explainDenial(decision));
}

const what = "s3:GetObject on arn:aws:s3:::data/a";

test("a Deny is told with its policy, statement and the conditions that held", () => {
  const Condition = { Bool: { "aws:SecureTransport": "false" } };
  const denying = named(
    "guard",
    { Action: "s3:List*" },
    { Sid: "Tls", Effect: "Deny", Action: "s3:*", Condition },
  );
  expect(why({ identity: [all, denying] })).toBe(
    `${what}: denied by identity-based policy: guard, statement "Tls"; ` +
      'Bool aws:SecureTransport [false]; the request has "false"',
  );
});

test("where no Allow is, the one that failed in the fewest elements is told", () => {
  const far = named("far", { Action: "s3:List*", Resource: "arn:aws:s3:::other" });
  const near = named(
    "near",
    { Action: "s3:Put*" },
    { Action: "s3:GetObject", Resource: "arn:aws:s3:::data" },
  );
  expect(why({ identity: [far, near] })).toBe(
    `${what}: no identity-based policy allows it; nearest is near, statement 2: resource: ` +
      "arn:aws:s3:::data/a is not among arn:aws:s3:::data; s3:GetObject needs the object ARN, " +
      "which ends in /*",
  );
  expect(why({ identity: [] })).toBe(`${what}: no identity-based policy allows it`);
});

test("in one account the resource's policy may have been the nearest", () => {
  const resourcePolicy = named("bucket", {
    Action: "s3:GetObject",
    Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a" } },
  }).policy;
  const far = named("far", { Action: "s3:List*", Resource: "arn:aws:s3:::other" });
  expect(why({ identity: [far] }, { resourcePolicy })).toContain(
    "nearest is the policy of the resource, statement 1: condition: StringEquals " +
      "aws:PrincipalOrgID [o-a]; the request does not carry it",
  );
});

test.each([
  ["permissions boundary", { boundary: named("edge", { Action: "s3:Put*" }) }, {}],
  ["session policy", { session: [named("edge", { Action: "s3:Put*" })] }, {}],
  [
    "service control policy",
    { serviceControl: [[all], [named("edge", { Action: "s3:Put*" })]] },
    {},
  ],
  ["resource control policy", {}, { resourceControl: [[named("edge", { Action: "s3:Put*" })]] }],
  ["VPC endpoint policy", {}, { vpcEndpoint: named("edge", { Action: "s3:Put*" }) }],
])("a missing Allow of the %s is looked for there alone", (layer, caller, more) => {
  expect(why({ identity: [all], ...caller }, more)).toBe(
    `${what}: no ${layer} allows it; nearest is edge, statement 1: action: s3:GetObject is not among s3:Put*`,
  );
});

const at = (place: string, ...policies: NamedPolicy[]) => Object.assign(policies, { place });

test("of an organisation the place is told that does not allow it, and where a Deny is attached", () => {
  const narrow = named("narrow", { Action: "s3:Put*" });
  const nearer = named("nearer", { Action: "s3:GetObject", Resource: "arn:aws:s3:::other/*" });
  const levels = [
    at("the root r-ab12", all, nearer),
    at("unit science", narrow),
    at("account 1", all),
  ];
  expect(why({ identity: [all], serviceControl: levels })).toBe(
    `${what}: no service control policy allows it at unit science (attached: narrow); nearest is ` +
      "narrow, statement 1: action: s3:GetObject is not among s3:Put*",
  );
  expect(
    why({ identity: [all], serviceControl: [at("the root r-ab12", all), at("unit empty")] }),
  ).toBe(`${what}: no service control policy allows it at unit empty (none is attached)`);
  const denying = named("no-reads", { Effect: "Deny", Action: "s3:Get*" });
  const denied = [at("the root r-ab12", all), at("account 1", all, denying)];
  expect(why({ identity: [all] }, { resourceControl: denied })).toBe(
    `${what}: denied by resource control policy at account 1: no-reads, statement 1`,
  );
});
