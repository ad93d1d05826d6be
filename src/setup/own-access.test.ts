import { describe, expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import type { PolicySources, SimulatedAccess } from "../core/policy-sources.ts";
import { observe } from "./observe.ts";
import { findOwnAccess } from "./own-access.ts";
import { planSetup } from "./plan.ts";
import { principalOfArn } from "./resolve-principals.ts";
import { adminWith, aspectOf, desire, planFor, setUp } from "./testing-fixtures/set-up-once.ts";
import { callerRoleArn, denied, newBucket } from "./testing-fixtures/fake-bucket-admin.ts";

const arn = "arn:aws:iam::111122223333:role/lab/Pipeline";
const question = {
  partition: "aws",
  bucket: "b",
  preset: "least" as const,
  context: new Map([["aws:securetransport", "true"]]),
};

const document = (name: string, value: unknown) => ({ name, text: JSON.stringify(value) });
const none = () => Promise.resolve([]);

/** IAM, whose simulator answers `simulated`; undefined: nobody may ask it. */
function iam(
  identity: unknown,
  {
    simulated,
    boundary,
    holderArn = arn,
  }: Partial<{
    simulated: (action: string, resource: string) => Partial<SimulatedAccess>;
    boundary: unknown;
    holderArn: string;
  }> = {},
): PolicySources {
  return {
    describeHolder: () =>
      Promise.resolve({
        arn: holderArn,
        id: "AROA1",
        tags: [],
        boundaryArn: boundary === undefined ? undefined : "arn:b",
      }),
    inlinePolicies: () => Promise.resolve([document("own", identity)]),
    attachedPolicies: none,
    groupPolicies: none,
    managedPolicy: () => Promise.resolve(document("arn:b", boundary)),
    keyPolicy: () => Promise.reject(new Error("nobody asks")),
    organizationPolicies: () => Promise.resolve(undefined),
    simulateOrganization: () => Promise.reject(new Error("nobody asks")),
    simulateOwn: ({ actions, resources }) =>
      simulated === undefined
        ? Promise.reject(denied("iam:SimulatePrincipalPolicy"))
        : Promise.resolve(
            actions.flatMap((action) =>
              resources.map((resource) => ({
                action,
                resource,
                isAllowed: true,
                missingKeys: [],
                ...simulated(action, resource),
              })),
            ),
          ),
    close: () => undefined,
  };
}

const allow = (Resource: string | string[], more: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource, ...more }],
});
const all = allow("*");
const judge = (policies: PolicySources) => findOwnAccess(policies, principalOfArn(arn), question);

describe("findOwnAccess", () => {
  it.each<[string, PolicySources, object]>([
    ["the simulator's yes", iam({}, { simulated: () => ({}) }), { answer: "all" }],
    [
      "one no of the simulator",
      iam(all, { simulated: (action) => ({ isAllowed: action !== "s3:PutObject" }) }),
      { answer: "not-all", lacks: "s3:PutObject" },
    ],
    [
      "a key that the simulator misses",
      iam(all, { simulated: () => ({ missingKeys: ["aws:SourceIp"] }) }),
      { answer: "unknown", reason: expect.stringContaining("aws:SourceIp") },
    ],
    ["all by its policies", iam(all), { answer: "all", by: "a look at its policies" }],
    [
      "the bucket and its objects",
      iam(allow(["arn:aws:s3:::b", "arn:aws:s3:::b/*"])),
      { answer: "all" },
    ],
    ["a prefix", iam(allow(["arn:aws:s3:::b", "arn:aws:s3:::b/x/*"])), { answer: "not-all" }],
    ["another bucket", iam(allow(["arn:aws:s3:::c", "arn:aws:s3:::c/*"])), { answer: "not-all" }],
    [
      "a condition on who it is",
      iam(allow("*", { Condition: { StringEquals: { "aws:PrincipalArn": arn } } })),
      { answer: "all" },
    ],
    [
      "a condition on where it is",
      iam(allow("*", { Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } })),
      { answer: "unknown" },
    ],
    ["a boundary", iam(all, { boundary: allow("arn:aws:s3:::b") }), { answer: "not-all" }],
    ["a role of that name made anew", iam(all, { holderArn: `${arn}2` }), { answer: "unknown" }],
  ])("goes by %s", async (_, policies, verdict) => {
    expect(await judge(policies)).toMatchObject({ preset: "least", ...verdict });
  });

  it("does not know what nobody may see, and says why", async () => {
    const policies = { ...iam(all), inlinePolicies: () => Promise.reject(denied("iam:List")) };
    expect(await judge(policies)).toMatchObject({ answer: "unknown", reason: /iam:List/ });
    const gone = {
      ...iam(all),
      simulateOwn: () => Promise.reject(new StorageError("Timeout", "t")),
    };
    expect(await judge(gone)).toMatchObject({ answer: "all", by: "a look at its policies" });
    const stopped = {
      ...gone,
      simulateOwn: () => Promise.reject(new StorageError("Aborted", "a")),
    };
    await expect(judge(stopped)).rejects.toThrow("a");
  });
});

describe("the plan", () => {
  const everything = iam(all, { holderArn: callerRoleArn });

  it("puts no Allow for whom its identity policy allows all of it, and says so", async () => {
    const admin = adminWith();
    const target = { admin, policies: everything };
    const plan = aspectOf(await planFor(target), "policy");
    expect(plan.changes.map(({ item }) => item)).toEqual(["Statement SmsStorageTlsOnly"]);
    expect(plan.summary).toContain("no Allow, since identity policies allow it already");
    const text = plan.notes.map((note) => note.text).join("\n");
    expect(text).toContain("has no effect, so none is put: a look at its policies shows");
    await setUp(target);
    const again = await planFor(target);
    expect(again.summary).toMatchObject({ upToDate: true, complete: true });
    expect(aspectOf(again, "policy").status).toBe("same");
  });

  it("wishes for no access where a guard of ours alone is there, and has nothing to point at", async () => {
    const target = { admin: adminWith(), policies: everything };
    const { guard, tlsOnly } = { guard: "account", tlsOnly: false } as const;
    expect((await setUp(target, desire({ policy: { guard, tlsOnly } }))).succeeded).toBe(true);
    const again = await planFor(target);
    expect(again.summary).toMatchObject({ upToDate: true, complete: true });
    expect(aspectOf(again, "policy")).toMatchObject({ status: "same", summary: "SmsStorageGuard" });
  });

  it("says who is kept out by a policy that it leaves as it is", async () => {
    const frozen = { Sid: "Frozen", Effect: "Deny", Principal: "*", Action: "s3:PutObject" };
    const Statement = [{ ...frozen, Resource: "arn:aws:s3:::sms-data-a1b2c3d4/*" }];
    const policy = JSON.stringify({ Version: "2012-10-17", Statement });
    const desired = desire({ policy: { tlsOnly: false } });
    const target = {
      admin: adminWith({ ...newBucket("us-east-1"), policy }),
      policies: everything,
    };
    const plan = aspectOf(await planFor(target, desired), "policy");
    expect(plan).toMatchObject({
      status: "blocked",
      changes: [],
      blockers: [{ code: "lock-out" }],
    });
    expect(plan.blockers[0]?.message).toContain("Frozen");
    const allowed = planSetup(desired, await observe(target, desired), { allowLockOut: true });
    expect(aspectOf(allowed, "policy")).toMatchObject({ status: "same", blockers: [] });
  });

  it("puts one for whom it does not, or where it cannot be told", async () => {
    for (const identity of [allow("arn:aws:s3:::other/*"), undefined]) {
      const policies = iam(identity ?? all, { holderArn: callerRoleArn });
      const blind = { ...policies, describeHolder: () => Promise.reject(denied("iam:GetRole")) };
      const target = { admin: adminWith(), policies: identity === undefined ? blind : policies };
      const { changes } = aspectOf(await planFor(target), "policy");
      expect(changes).toHaveLength(3);
    }
  });

  it("leaves an Allow that is there where it is, and puts one for strangers", async () => {
    const admin = adminWith();
    await setUp({ admin });
    const target = { admin, policies: everything };
    expect(aspectOf(await planFor(target), "policy").changes).toEqual([]);
    const asked = desire({ policy: { principals: [callerRoleArn] } });
    const { changes, notes } = aspectOf(await planFor(target, asked), "policy");
    expect(changes).toEqual([]);
    expect(notes.map((note) => note.text).join("\n")).toContain("the Allow changes nothing");
    const stranger = desire({ policy: { principals: ["arn:aws:iam::999999999999:role/x"] } });
    const fresh = { admin: adminWith(), policies: everything };
    expect(aspectOf(await planFor(fresh, stranger), "policy").changes).toHaveLength(3);
  });
});
