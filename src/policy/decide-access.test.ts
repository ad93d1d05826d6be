import { describe, expect, it } from "vitest";
import { noLayers } from "./access-layers.ts";
import { administratorAccess } from "./administrator-access.ts";
import { type CompiledPolicy, compilePolicy } from "./compile-policy.ts";
import { decideAccess } from "./decide-access.ts";
import { parsePolicy } from "./parse.ts";
import {
  accountId,
  otherAccountId,
  roleArn,
  root,
  session,
  stranger,
} from "./testing-fixtures/principals.ts";
import type { Principal } from "./request.ts";

const nobody: Principal = { kind: "anonymous" };

function policyOf(principal: unknown, effect = "Allow", condition?: unknown): CompiledPolicy {
  const policy = parsePolicy(
    JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Sid: "Only",
        Effect: effect,
        Principal: principal,
        Action: "s3:*",
        Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
        Condition: condition,
      },
    }),
    { bucket: "data" },
  );
  return compilePolicy(policy);
}

function decide(
  principal: Principal,
  access: "administrator" | "none",
  bucketPolicy?: CompiledPolicy,
  more = {},
) {
  return decideAccess({
    request: { principal, action: "s3:GetObject", resource: "arn:aws:s3:::data/a", ...more },
    resourcePolicy: bucketPolicy,
    caller: access === "administrator" ? { identity: [administratorAccess] } : noLayers,
    sameAccount: principal.kind !== "anonymous" && principal.accountId === accountId,
    ...more,
  });
}

describe("in one account either side may allow", () => {
  it.each([
    ["administrator, no policy", "administrator", undefined, "allowed"],
    ["nothing, no policy", "none", undefined, "implicitDeny"],
    ["nothing, Allow to the role", "none", policyOf({ AWS: roleArn }), "allowed"],
    [
      "nothing, Allow to the account is delegation only",
      "none",
      policyOf({ AWS: accountId }),
      "implicitDeny",
    ],
    [
      "administrator, Allow to the account",
      "administrator",
      policyOf({ AWS: accountId }),
      "allowed",
    ],
    [
      "administrator, Allow to somebody else restricts nobody",
      "administrator",
      policyOf({ AWS: otherAccountId }),
      "allowed",
    ],
    ["administrator, Deny", "administrator", policyOf({ AWS: roleArn }, "Deny"), "explicitDeny"],
  ] as const)("%s", (_title, access, policy, outcome) => {
    expect(decide(session, access, policy).outcome).toBe(outcome);
  });
});

describe("across accounts both sides must allow", () => {
  it.each([
    ["administrator, no policy", "administrator", undefined, "implicitDeny"],
    [
      "administrator, Allow to the account",
      "administrator",
      policyOf({ AWS: otherAccountId }),
      "allowed",
    ],
    [
      "administrator, Allow to the user",
      "administrator",
      policyOf({ AWS: stranger.arn }),
      "allowed",
    ],
    ["nothing, Allow to the user", "none", policyOf({ AWS: stranger.arn }), "implicitDeny"],
  ] as const)("%s", (_title, access, policy, outcome) => {
    expect(decide(stranger, access, policy).outcome).toBe(outcome);
  });
});

describe("public policies", () => {
  it("serve anybody, unless RestrictPublicBuckets keeps them to the owner's account", () => {
    const policy = policyOf("*");
    expect(decide(nobody, "none", policy).outcome).toBe("allowed");
    expect(decide(nobody, "none").outcome).toBe("implicitDeny");
    const restricted = { restrictPublicBuckets: true };
    expect(decide(nobody, "none", policy, restricted).outcome).toBe("explicitDeny");
    expect(decide(stranger, "administrator", policy, restricted).outcome).toBe("explicitDeny");
    expect(decide(session, "none", policy, restricted).outcome).toBe("allowed");
  });

  it("a policy that is not public is not touched by RestrictPublicBuckets", () => {
    const policy = policyOf({ AWS: otherAccountId });
    expect(decide(stranger, "administrator", policy, { restrictPublicBuckets: true }).outcome).toBe(
      "allowed",
    );
  });
});

describe("the owner's root user", () => {
  it.each(["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"])(
    "keeps %s against any policy",
    (action) => {
      const more = { action, resource: "arn:aws:s3:::data" };
      const policy = policyOf("*", "Deny");
      expect(decide(root, "administrator", policy, more)).toMatchObject({
        outcome: "allowed",
        by: "owner-root",
      });
      expect(decide(session, "administrator", policy, more).outcome).toBe("explicitDeny");
    },
  );

  it("keeps nothing that the organisation or the endpoint does not let through", () => {
    const more = { action: "s3:PutBucketPolicy", resource: "arn:aws:s3:::data" };
    const caller = { identity: [administratorAccess], serviceControl: [[]] };
    expect(decide(root, "none", undefined, { ...more, caller })).toMatchObject({
      outcome: "implicitDeny",
      layer: "service-control",
    });
    const resourceControl = [[]];
    expect(decide(root, "none", undefined, { ...more, resourceControl })).toMatchObject({
      outcome: "implicitDeny",
      layer: "resource-control",
    });
  });

  it("is denied everything else like anybody", () => {
    expect(decide(root, "administrator", policyOf("*", "Deny")).outcome).toBe("explicitDeny");
  });
});

describe("the text of AccessDenied", () => {
  it("names the reason within the account", () => {
    expect(decide(session, "none")).toMatchObject({
      message: `User: ${session.arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::data/a" because no identity-based policy allows the s3:GetObject action`,
    });
    expect(decide(session, "administrator", policyOf("*", "Deny"))).toMatchObject({
      message: `User: ${session.arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::data/a" with an explicit deny in a resource-based policy`,
    });
  });

  it("names no resource for what concerns no one bucket", () => {
    const more = { action: "s3:ListAllMyBuckets", resource: "arn:aws:s3:::*" };
    expect(decide(session, "none", undefined, more)).toMatchObject({
      message: `User: ${session.arn} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
    });
  });

  it("tells strangers nothing", () => {
    expect(decide(stranger, "administrator")).toMatchObject({ message: "Access Denied" });
    expect(decide(nobody, "none", policyOf("*", "Deny"))).toMatchObject({
      message: "Access Denied",
    });
  });
});

it("a session that has a list of policies, though none is in it, may do nothing by its own", () => {
  const layers = { identity: [administratorAccess] };
  const question = {
    request: { principal: session, action: "s3:GetObject", resource: "arn:aws:s3:::data/a" },
    resourcePolicy: undefined,
    sameAccount: true,
  };
  expect(decideAccess({ ...question, caller: layers }).outcome).toBe("allowed");
  expect(decideAccess({ ...question, caller: { ...layers, session: [] } })).toMatchObject({
    outcome: "implicitDeny",
    layer: "session",
  });
});
