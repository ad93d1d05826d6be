import { describe, expect, it } from "vitest";
import { applyPlan } from "../apply.ts";
import { denied, type FakeBucketAdmin } from "../testing-fixtures/fake-bucket-admin.ts";
import { adminWith, bucket, desire, FakeTools, setUp } from "../testing-fixtures/set-up-once.ts";
import type { DesiredStateInput } from "../desired-state.ts";
import { observe } from "../observe.ts";
import { planSetup } from "../plan.ts";
import { type DriftBaseline, parseBaseline } from "./drift-baseline.ts";
import { findDrift } from "./find-drift.ts";
import { acceptDrift, recordBaseline } from "./record-drift.ts";
import { recordedOwn } from "./recorded-own.ts";
import { renderDrift } from "./render-drift.ts";
import { readUnplanned, undeclaredState } from "./undeclared-state.ts";

const now = "2026-11-27T00:00:00.000Z";
const partner = {
  Sid: "Partner",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::999999999999:role/partner" },
  Action: "s3:GetObject",
  Resource: `arn:aws:s3:::${bucket}/shared/*`,
};

async function look(
  admin: FakeBucketAdmin,
  baseline?: DriftBaseline,
  wish: Partial<DesiredStateInput> = {},
) {
  const desired = desire(wish);
  const observed = await observe({ admin }, desired);
  const plan = planSetup(desired, observed, { recorded: recordedOwn(baseline) });
  const undeclared = undeclaredState(plan, observed, await readUnplanned({ admin }, bucket));
  return { report: findDrift(plan, undeclared, baseline), undeclared };
}

async function ready(): Promise<FakeBucketAdmin> {
  const admin = adminWith();
  expect((await setUp({ admin }, desire())).succeeded).toBe(true);
  admin.writes.length = 0;
  return admin;
}

async function recorded(admin: FakeBucketAdmin): Promise<DriftBaseline> {
  const { report, undeclared } = await look(admin);
  return recordBaseline(report, undeclared, undefined, now);
}

function addStatement(admin: FakeBucketAdmin, statement: object): void {
  const found = admin.buckets.get(bucket);
  const policy = JSON.parse(found?.policy ?? "{}") as { Statement: object[] };
  policy.Statement.push(statement);
  if (found !== undefined) found.policy = JSON.stringify(policy);
}

describe("drift", () => {
  it("is none right after a set-up, and looking writes nothing", async () => {
    const admin = await ready();
    const { report } = await look(admin, await recorded(admin));
    expect(report).toMatchObject({ findings: [], drifted: false });
    expect(renderDrift(report)).toEqual([`No drift: ${bucket} is as declared and as recorded.`]);
    expect(admin.writes).toEqual([]);
  });

  it("tells a declared setting that moved, until it is accepted as it is", async () => {
    const admin = await ready();
    const baseline = await recorded(admin);
    await admin.put(bucket, "versioning", "Suspended");
    const { report } = await look(admin, baseline);
    expect(report.drifted).toBe(true);
    expect(report.findings).toMatchObject([
      { id: "declared:versioning:Status", expected: "Enabled", found: "Suspended" },
    ]);
    const accepted = acceptDrift(report, ["declared:versioning:Status"], baseline, now);
    const after = await look(admin, accepted);
    expect(after.report.drifted).toBe(false);
    expect(after.report.summary).toMatchObject({ declared: 0, accepted: 1 });
    expect(renderDrift(after.report)[0]).toMatch(/^= accepted/);
  });

  it("tells foreign statements, rules and settings that came, moved or went", async () => {
    const admin = await ready();
    addStatement(admin, partner);
    await admin.put(bucket, "tags", [{ Key: "team", Value: "lab" }]);
    const baseline = await recorded(admin);
    expect((await look(admin, baseline)).report.findings).toEqual([]);
    const found = admin.buckets.get(bucket);
    if (found?.policy !== undefined) found.policy = found.policy.replace("/shared/*", "/*");
    await admin.remove(bucket, "tags");
    await admin.put(bucket, "cors", {
      CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }],
    });
    const { report } = await look(admin, baseline);
    expect(report.findings.map(({ id, why }) => [id, why])).toEqual([
      ["undeclared:tags", "it was recorded, and is gone"],
      ["undeclared:Statement Partner", "it is not as it was recorded"],
      ["undeclared:cors", "it came after the baseline was recorded"],
    ]);
    const ids = report.findings.map(({ id }) => id);
    const { report: after } = await look(admin, acceptDrift(report, ids, baseline, now));
    expect(after.findings).toEqual([]);
  });

  it("calls what is there without a baseline, and what may not be read, potential", async () => {
    const admin = await ready();
    addStatement(admin, partner);
    admin.failures.set("read cors", denied("s3:GetBucketCORS"));
    admin.failures.set("read lifecycle", denied("s3:GetLifecycleConfiguration"));
    const { report } = await look(admin);
    expect(report.drifted).toBe(false);
    expect(report.findings.map(({ id, kind }) => [id, kind])).toEqual([
      ["potential:lifecycle", "potential"],
      ["potential:Statement Partner", "potential"],
      ["potential:cors", "potential"],
    ]);
  });

  it("takes what may not be read any more for unknown, never for gone", async () => {
    const admin = await ready();
    await admin.put(bucket, "tags", [{ Key: "team", Value: "lab" }]);
    const baseline = await recorded(admin);
    admin.failures.set("read tags", denied("s3:GetBucketTagging"));
    const { report } = await look(admin, baseline);
    expect(report.findings.map(({ id }) => id)).toEqual(["potential:tags"]);
  });

  it("refuses to accept what is not there, and baselines of something else", async () => {
    const admin = await ready();
    const { report } = await look(admin);
    expect(() => acceptDrift(report, ["declared:x"], undefined, now)).toThrow(
      'There is no drift "declared:x" to accept.',
    );
    // What keeps a plan from being made is no value that could stay.
    const foreign = desire({ ownerAccountId: "999999999999" });
    const plan = planSetup(foreign, await observe({ admin }, foreign));
    const blocked = findDrift(plan, { items: new Map(), own: {}, unseen: [] }, undefined);
    expect(blocked.findings.map(({ id }) => id)).toEqual(["declared:bucket:owner"]);
    expect(() => acceptDrift(blocked, ["declared:bucket:owner"], undefined, now)).toThrow(
      "no drift",
    );
    expect(renderDrift(blocked).join()).not.toContain("--accept");
    const baseline = JSON.stringify(await recorded(admin));
    expect(parseBaseline(baseline, "b.json", bucket)).toMatchObject({ bucket });
    expect(() => parseBaseline(baseline, "b.json", "other")).toThrow(`is of the bucket ${bucket}`);
    expect(() => parseBaseline("{", "b.json", bucket)).toThrow("b.json is no baseline of drift.");
  });
});

describe("drift of the set-up's own statements and rules", () => {
  const wish = {
    policy: { access: "least", guard: "account", minTls: "1.2" },
    lifecycle: { testPrefix: "tmp/", testDays: 14 },
  } as const;

  async function setUpSo(): Promise<FakeBucketAdmin> {
    const admin = adminWith();
    expect((await setUp({ admin }, desire(wish))).succeeded).toBe(true);
    return admin;
  }

  it("tells by the baseline that they are gone, and a plan brings back what was recorded", async () => {
    const admin = await setUpSo();
    const baseline = parseBaseline(JSON.stringify(await recorded(admin)), "b.json", bucket);
    expect((await look(admin, baseline)).report.findings).toEqual([]);
    const { policy, lifecycle } = admin.buckets.get(bucket) ?? {};
    await admin.remove(bucket, "policy");
    await admin.remove(bucket, "lifecycle");
    const { report } = await look(admin, baseline);
    expect(report.drifted).toBe(true);
    expect(report.findings.map(({ item }) => item)).toEqual(Object.keys(baseline.own ?? {}));
    expect(report.findings.every(({ why }) => why === "it was recorded, and is gone")).toBe(true);
    expect(renderDrift(report).join("\n")).toContain("Statement SmsStorageGuard");

    const ids = report.findings.map(({ id }) => id);
    const accepted = acceptDrift(report, ids, baseline, now);
    expect((await look(admin, accepted)).report.drifted).toBe(false);
    // What a file says goes before what was recorded.
    const filed = await look(admin, baseline, { lifecycle: { testDays: 3 } });
    expect(filed.report.findings.at(-2)).toMatchObject({
      expected: { Filter: { Prefix: "tmp/" }, Expiration: { Days: 3 } },
    });

    const target = { admin };
    const options = { recorded: recordedOwn(baseline) };
    const plan = planSetup(desire(), await observe(target, desire()), options);
    expect((await applyPlan(plan, target, { tools: new FakeTools() })).succeeded).toBe(true);
    const after = admin.buckets.get(bucket);
    expect(JSON.parse(after?.policy ?? "")).toEqual(JSON.parse(policy ?? ""));
    expect(after?.lifecycle).toEqual(lifecycle);
  });

  it("tells a guard that was changed, and a rule that was turned off", async () => {
    const admin = await setUpSo();
    const baseline = await recorded(admin);
    const found = admin.buckets.get(bucket);
    const text = found?.policy ?? "";
    if (found !== undefined)
      found.policy = text.replace("aws:PrincipalAccount", "aws:PrincipalArn");
    const rules = found?.lifecycle?.Rules ?? [];
    const Rules = rules.map((rule) => ({ ...rule, Status: "Disabled" as const }));
    await admin.put(bucket, "lifecycle", { Rules });
    const { report } = await look(admin, baseline);
    expect(report.findings.map(({ item, why }) => [item, why])).toEqual([
      ["Statement SmsStorageGuard", "it is not as it was recorded"],
      ["Rule sms-storage-test-files", "it is not as it was recorded"],
      ["Rule sms-storage-clean-up", "it is not as it was recorded"],
    ]);
    // A rule that was recorded turned off is as recorded.
    expect((await look(admin, await recorded(admin))).report.findings).toEqual([]);
  });

  it("says without a record that what was there is not known, unless the wish says it", async () => {
    const admin = await setUpSo();
    await admin.remove(bucket, "lifecycle");
    const { report } = await look(admin);
    const [first] = report.findings;
    expect(first?.why).toContain(
      "what it was before is not known, so the set-up's own default stands for " +
        "lifecycle.testPrefix, lifecycle.testDays",
    );
    expect(renderDrift(report, "sms-storage drift --bucket b").join("\n")).toContain(
      "    revert: say in sms-storage.yaml what it was (lifecycle.testPrefix, lifecycle.testDays), " +
        "then: sms-storage drift --bucket b --revert",
    );
    const told = await look(admin, undefined, wish);
    expect(told.report.findings[0]?.why).not.toContain("not known");
  });
});
