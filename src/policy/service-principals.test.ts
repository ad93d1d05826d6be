import { expect, it } from "vitest";
import { noLayers } from "./access-layers.ts";
import { decideAccess } from "./decide-access.ts";
import type { Principal } from "./request.ts";
import { ask, policyOf } from "./testing-fixtures/statements.ts";

const trail: Principal = { kind: "anonymous", service: "cloudtrail.amazonaws.com" };
const config: Principal = { kind: "anonymous", service: "config.amazonaws.com" };
const anybody: Principal = { kind: "anonymous" };
const Principal = { Service: "cloudtrail.amazonaws.com" };

function outcome(
  principal: Principal,
  restrictPublicBuckets: boolean,
  ...statements: Record<string, unknown>[]
): string {
  return decideAccess({
    request: ask({ principal }),
    resourcePolicy: policyOf(...statements),
    caller: noLayers,
    sameAccount: false,
    restrictPublicBuckets,
  }).outcome;
}

it.each([
  ["named by an Allow", trail, "allowed", { Principal }],
  ["another than the one named", config, "implicitDeny", { Principal }],
  ["nobody, where a service is named", anybody, "implicitDeny", { Principal }],
  ["everybody", trail, "allowed", {}],
  [
    "excepted from an Allow",
    trail,
    "implicitDeny",
    { Principal: undefined, NotPrincipal: Principal },
  ],
])("a service that is %s", (_, principal, wanted, statement) => {
  expect(outcome(principal, false, statement)).toBe(wanted);
});

it("a Deny with NotPrincipal spares the service that it names, and no other", () => {
  const deny = { Effect: "Deny", Principal: undefined, NotPrincipal: Principal };
  expect(outcome(trail, false, {}, deny)).toBe("allowed");
  expect(outcome(config, false, {}, deny)).toBe("explicitDeny");
});

it("conditions tell services from others", () => {
  const only = { Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } };
  expect(outcome(trail, false, only)).toBe("allowed");
  expect(outcome(anybody, false, only)).toBe("implicitDeny");
});

it("RestrictPublicBuckets leaves a public policy to services, and to nobody else", () => {
  expect(outcome(trail, true, {})).toBe("allowed");
  expect(outcome(anybody, true, {})).toBe("explicitDeny");
});
