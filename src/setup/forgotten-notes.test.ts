import { expect, it } from "vitest";
import type { DesiredStateInput } from "./desired-state.ts";
import { ownParts, recordedOwn } from "./drift/recorded-own.ts";
import { observe } from "./observe.ts";
import { planSetup } from "./plan.ts";
import { adminWith, aspectOf, bucket, desire, setUp } from "./testing-fixtures/set-up-once.ts";

const call = "sms-storage drift --bucket b";
const guarded = desire({ policy: { guard: "account" }, lifecycle: { testDays: 30 } });

/** Set up with a guard and other days, recorded, and then stripped of all that is ours. */
async function stripped() {
  const admin = adminWith();
  await setUp({ admin }, guarded);
  const before = planSetup(guarded, await observe({ admin }, guarded));
  const own = recordedOwn({
    formatVersion: 1,
    bucket,
    recordedAt: "2026-11-27T00:00:00Z",
    undeclared: {},
    own: ownParts(before.aspects),
    accepted: {},
  });
  const state = admin.buckets.get(bucket);
  if (state === undefined) throw new Error("no bucket");
  return { admin, own, state };
}

async function planOf(
  { admin, own }: Awaited<ReturnType<typeof stripped>>,
  wish: Partial<DesiredStateInput> = {},
) {
  const desired = desire(wish);
  return planSetup(desired, await observe({ admin }, desired), { remembered: { own, call } });
}

const told = (plan: Awaited<ReturnType<typeof planOf>>) =>
  plan.aspects
    .flatMap(({ notes }) => notes.map(({ text }) => text))
    .filter((text) => text.includes("recorded"));

it("names a recorded guard that is gone, and how it comes back, and does not put it", async () => {
  const lab = await stripped();
  const policy = JSON.parse(lab.state.policy ?? "") as { Statement: { Sid: string }[] };
  const Statement = policy.Statement.filter(({ Sid }) => Sid !== "SmsStorageGuard");
  lab.state.policy = JSON.stringify({ ...policy, Statement });
  const plan = await planOf(lab);
  expect(told(plan)).toEqual([
    "Statement SmsStorageGuard was recorded and is gone; this plan does not bring it back. Say it in the wish, " +
      `or: ${call} --revert 'declared:policy:Statement SmsStorageGuard'`,
  ]);
  expect(plan.summary).toMatchObject({ upToDate: true });
  expect(told(await planOf(lab, { policy: { guard: "none" } }))).toEqual([]);
});

it("names a rule that the plan would put with other values than were recorded", async () => {
  const lab = await stripped();
  lab.state.lifecycle = undefined;
  const plan = await planOf(lab);
  expect(told(plan).join()).toContain("Rule sms-storage-test-files was recorded and is gone");
  expect(aspectOf(plan, "lifecycle").changes.map(({ action }) => action)).toEqual(["add", "add"]);
  expect(told(await planOf(lab, { lifecycle: { testDays: 30 } }))).toEqual([]);
});

it("says nothing where all is as it was recorded", async () => {
  const lab = await stripped();
  expect(told(await planOf(lab))).toEqual([]);
});
