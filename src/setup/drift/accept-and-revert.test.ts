import { expect, it } from "vitest";
import { changedFileText } from "../desired-file-text.ts";
import { observe } from "../observe.ts";
import { planSetup } from "../plan.ts";
import { adminWith, bucket, desire, setUp } from "../testing-fixtures/set-up-once.ts";
import type { FakeBucketAdmin } from "../testing-fixtures/fake-bucket-admin.ts";
import { acceptedValues, withValues } from "./accepted-value.ts";
import { type DriftReport, findDrift } from "./find-drift.ts";
import { revertWish } from "./revert-wish.ts";
import { undeclaredState, unseenUnplanned } from "./undeclared-state.ts";

/** What nobody says is kept as it is found, so that only said days can drift. */
const declared = desire({ lifecycle: { testDays: 7 } });

async function driftOf(admin: FakeBucketAdmin, desired = declared): Promise<DriftReport> {
  const observed = await observe({ admin }, desired);
  const plan = planSetup(desired, observed);
  return findDrift(plan, undeclaredState(plan, observed, unseenUnplanned), undefined);
}

const all = { revert: [], accept: [] };

/** Set up, and then changed by somebody. */
async function drifted(): Promise<FakeBucketAdmin> {
  const admin = adminWith();
  await setUp({ admin });
  const state = admin.buckets.get(bucket);
  if (state === undefined) throw new Error("no bucket");
  state.versioning = "Suspended";
  state.ownership = "ObjectWriter";
  state.publicAccessBlock = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: true,
  };
  for (const rule of state.lifecycle?.Rules ?? []) {
    if (rule.Expiration?.Days !== undefined) Object.assign(rule.Expiration, { Days: 90 });
  }
  admin.writes.length = 0;
  return admin;
}

it("what was accepted stands in the file, comments and all, and is drift no more", async () => {
  const admin = await drifted();
  const { findings } = await driftOf(admin);
  const values = findings.flatMap((finding) => acceptedValues(finding) ?? []);
  const source = `# ours\nversion: 1\nbucket: ${bucket} # the lab's\nversioning: Enabled\n`;
  const text = changedFileText(source, "f.yaml", values) ?? "";
  expect(text).toContain(`# ours\nversion: 1\nbucket: ${bucket} # the lab's\n`);
  expect(text).toContain("versioning: Suspended\n");
  expect(text).toContain("ownership: ObjectWriter\n");
  expect(text).toContain("  BlockPublicPolicy: false\n");
  expect(text).toContain("  testDays: 90\n");
  const accepted = await driftOf(admin, withValues(declared, values));
  expect(accepted.drifted).toBe(false);
  expect(admin.writes).toEqual([]);
});

it("a file that leaves the setting alone is not made to say something else", () => {
  const text = `version: 1\nbucket: ${bucket}\nlifecycle: unmanaged\n`;
  const value = { path: ["lifecycle", "testDays"], value: 9 };
  expect(changedFileText(text, "f.yaml", [value])).toBeUndefined();
});

it("reverting puts the settings that were named, and nothing else", async () => {
  const admin = await drifted();
  const report = await driftOf(admin);
  const wish = revertWish(declared, report, {
    revert: ["declared:versioning:Status"],
    accept: [],
  });
  if (wish === undefined) throw new Error("nothing to revert");
  expect((await setUp({ admin }, wish)).succeeded).toBe(true);
  expect(admin.writes).toEqual(["put versioning"]);
  const rest = revertWish(declared, await driftOf(admin), all);
  if (rest === undefined) throw new Error("nothing to revert");
  await setUp({ admin }, rest);
  expect(admin.writes.toSorted()).toEqual(
    ["put versioning", "put lifecycle", "put ownership", "put publicAccessBlock"].toSorted(),
  );
  const clean = await driftOf(admin);
  expect(clean.drifted).toBe(false);
  expect(revertWish(declared, clean, all)).toBeUndefined();
});

it("nothing that nobody declared is reverted", async () => {
  const report = await driftOf(await drifted());
  expect(() => revertWish(declared, report, { revert: ["undeclared:cors"], accept: [] })).toThrow(
    'no drift "undeclared:cors" to take back',
  );
});

it("what is to stay is left out of all, and never goes back with its document", async () => {
  const report = await driftOf(await drifted());
  const ids = report.findings.map(({ id }) => id);
  const blocks = ids.filter((id) => id.startsWith("declared:public-access-block:"));
  const accept = ["declared:versioning:Status", ...blocks];
  expect(revertWish(declared, report, { revert: [], accept })).toMatchObject({
    versioning: "unmanaged",
    publicAccessBlock: "unmanaged",
    ownership: "BucketOwnerEnforced",
    lifecycle: { testDays: 7 },
  });
  const both = { revert: accept.slice(0, 1), accept: accept.slice(0, 1) };
  expect(() => revertWish(declared, report, both)).toThrow("cannot both go back and stay");
  const admin = await drifted();
  const state = admin.buckets.get(bucket);
  if (state?.publicAccessBlock === undefined) throw new Error("no block");
  state.publicAccessBlock = { ...state.publicAccessBlock, BlockPublicAcls: false };
  const two = { revert: [], accept: ["declared:public-access-block:BlockPublicAcls"] };
  const again = await driftOf(admin);
  expect(() => revertWish(declared, again, two)).toThrow("both are of one document");
});
