import { describe, expect, it } from "vitest";
import type { LifecycleConfiguration } from "../../core/bucket-settings.ts";
import { applyPlan } from "../apply.ts";
import { newBucket } from "../testing-fixtures/fake-bucket-admin.ts";
import {
  adminWith,
  aspectOf,
  bucket,
  FakeTools,
  planFor,
  setUp,
} from "../testing-fixtures/set-up-once.ts";

async function rulesAfter(lifecycle: LifecycleConfiguration | undefined) {
  const admin = adminWith({ ...newBucket("us-east-1"), lifecycle });
  await setUp({ admin });
  return admin.buckets.get(bucket)?.lifecycle?.Rules ?? [];
}

describe("step 6, lifecycle", () => {
  const ours = ["sms-storage-test-files", "sms-storage-clean-up"];

  it("on a versioned bucket test files are purged, not only marked as deleted", async () => {
    const [test] = await rulesAfter(undefined);
    expect(test).toEqual({
      ID: "sms-storage-test-files",
      Status: "Enabled",
      Filter: { Prefix: "test/" },
      Expiration: { Days: 7 },
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    });
  });

  it("expired delete markers and old versions are cleaned in a rule of their own, without Days", async () => {
    const [, cleanUp] = await rulesAfter(undefined);
    expect(cleanUp?.Expiration).toEqual({ ExpiredObjectDeleteMarker: true });
    expect(cleanUp?.NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 30 });
    expect(cleanUp?.AbortIncompleteMultipartUpload).toEqual({ DaysAfterInitiation: 7 });
  });

  it("keeps what is no rule, and warns of no rule that is turned off", async () => {
    const all = { ID: "all", Filter: { Prefix: "" }, Expiration: { Days: 3 } } as const;
    const lifecycle = {
      Rules: [{ ...all, Status: "Disabled" as const }],
      TransitionDefaultMinimumObjectSize: "varies_by_storage_class" as const,
    };
    const admin = adminWith({ ...newBucket("us-east-1"), lifecycle });
    const { notes } = aspectOf(await planFor({ admin }), "lifecycle");
    expect(notes.filter(({ level }) => level === "warning")).toEqual([]);
    await setUp({ admin });
    const kept = admin.buckets.get(bucket)?.lifecycle?.TransitionDefaultMinimumObjectSize;
    expect(kept).toBe("varies_by_storage_class");
  });

  it("other people's rules are kept: the put replaces them all", async () => {
    const theirs = {
      ID: "theirs",
      Status: "Enabled",
      Filter: { Tag: { Key: "a", Value: "b" } },
      Transitions: [{ Days: 30, StorageClass: "GLACIER" }],
    } as const;
    const rules = await rulesAfter({
      Rules: [theirs],
      TransitionDefaultMinimumObjectSize: "varies_by_storage_class",
    });
    expect(rules[0]).toEqual(theirs);
    expect(rules.slice(1).map(({ ID }) => ID)).toEqual(ours);
  });

  it("the guide's rule is completed in place, whatever ID it was given when Id was dropped", async () => {
    const seed = {
      ID: "MjQ5ZTk1",
      Status: "Enabled",
      Prefix: "test/",
      Expiration: { Days: 7 },
    } as const;
    const rules = await rulesAfter({ Rules: [seed] });
    expect(rules.map(({ ID }) => ID)).toEqual(["MjQ5ZTk1", "sms-storage-clean-up"]);
    expect(rules[0]).toMatchObject({
      Filter: { Prefix: "test/" },
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    });
    expect(rules[0]).not.toHaveProperty("Prefix");
  });

  it("a rule on test/ with another age is somebody's own wish and stays", async () => {
    const other = {
      ID: "mine",
      Status: "Enabled",
      Filter: { Prefix: "test/" },
      Expiration: { Days: 90 },
    } as const;
    const rules = await rulesAfter({ Rules: [other] });
    expect(rules.map(({ ID }) => ID)).toEqual(["mine", ...ours]);
  });

  it("Prefix and Filter cannot be mixed, so legacy rules are rewritten with the same meaning", async () => {
    const legacy = {
      ID: "legacy",
      Status: "Enabled",
      Prefix: "logs/",
      Expiration: { Days: 90 },
    } as const;
    const admin = adminWith({ ...newBucket("us-east-1"), lifecycle: { Rules: [legacy] } });
    const plan = await planFor({ admin });
    const change = aspectOf(plan, "lifecycle").changes.find(({ item }) => item === "Rule legacy");
    expect(change?.why).toContain("S3 refuses to mix Prefix and Filter");
    await applyPlan(plan, { admin }, { tools: new FakeTools() });
    const rules = admin.buckets.get(bucket)?.lifecycle?.Rules ?? [];
    expect(rules[0]).toEqual({
      ID: "legacy",
      Status: "Enabled",
      Expiration: { Days: 90 },
      Filter: { Prefix: "logs/" },
    });
    expect(rules.every((rule) => rule.Filter !== undefined)).toBe(true);
  });

  it("no filter, an empty one and an empty prefix are the same, so no plan differs for ever", async () => {
    const admin = adminWith();
    await setUp({ admin });
    for (const Filter of [{}, { Prefix: "" }]) {
      const state = admin.buckets.get(bucket);
      const Rules = (state?.lifecycle?.Rules ?? []).map((rule) =>
        rule.ID === "sms-storage-clean-up" ? { ...rule, Filter } : rule,
      );
      admin.buckets.set(bucket, { ...newBucket("us-east-1"), ...state, lifecycle: { Rules } });
      expect(aspectOf(await planFor({ admin }), "lifecycle").status).toBe("same");
    }
  });

  it("Days beside ExpiredObjectDeleteMarker, which S3 refuses, is found while planning", async () => {
    const clash = {
      ID: "clash",
      Status: "Enabled",
      Filter: { Prefix: "a/" },
      Expiration: { Days: 1, ExpiredObjectDeleteMarker: true },
    } as const;
    const admin = adminWith({ ...newBucket("us-east-1"), lifecycle: { Rules: [clash] } });
    expect((await planFor({ admin })).summary.blockers[0]?.message).toContain(
      "Rule clash: Days or Date cannot stand beside",
    );
  });

  it("a rule that deletes every object of the bucket is warned of", async () => {
    const all = {
      ID: "all",
      Status: "Enabled",
      Filter: { Prefix: "" },
      Expiration: { Days: 30 },
    } as const;
    const admin = adminWith({ ...newBucket("us-east-1"), lifecycle: { Rules: [all] } });
    const notes = aspectOf(await planFor({ admin }), "lifecycle").notes;
    expect(notes).toEqual([
      { level: "warning", text: "Rule all, not ours, deletes every object of the bucket." },
      {
        level: "warning",
        text: "Objects under test/ are deleted after 7 days instead of 30 by Rule all, which stays; what is older goes at once.",
      },
    ]);
  });

  it("deleting by age takes what is there already, and the plan says so", async () => {
    const plan = await planFor({ admin: adminWith() });
    for (const change of aspectOf(plan, "lifecycle").changes) {
      expect(change.risk).toContain("also those that are there already");
    }
  });
});
