import { describe, expect, it } from "vitest";
import { StorageError } from "../../core/errors.ts";
import { applyPlan } from "../apply.ts";
import type { DesiredState } from "../desired-state.ts";
import { FakeBucketAdmin, newBucket } from "../testing-fixtures/fake-bucket-admin.ts";
import {
  adminWith,
  aspectOf,
  bucket,
  desire,
  FakeTools,
  planFor,
  setUp,
} from "../testing-fixtures/set-up-once.ts";

function regional(account: string): DesiredState {
  return desire({ bucket: `sms-${account}-us-east-1-an` });
}

describe("step 2, the bucket", () => {
  it("a bucket that may not be seen (403) is never taken for absent", async () => {
    const admin = new FakeBucketAdmin();
    admin.headAnswers.push({ state: "forbidden", region: undefined });
    const plan = await planFor({ admin });
    expect(plan.summary.blockers.map(({ code }) => code)).toEqual(["bucket-forbidden"]);
    await expect(applyPlan(plan, { admin }, { tools: new FakeTools() })).rejects.toMatchObject({
      code: "PermissionDenied",
    });
    expect(admin.writes).toEqual([]);
  });

  it("one's own bucket is found by HeadBucket first and never created again, which resets its ACLs", async () => {
    const admin = adminWith();
    await setUp({ admin });
    expect(admin.writes).not.toContain("createBucket");
  });

  it("a name taken by another account (BucketAlreadyExists) is not adopted", async () => {
    const admin = new FakeBucketAdmin();
    admin.failures.set(
      "createBucket",
      new StorageError("AlreadyExists", "taken", { s3Code: "BucketAlreadyExists", status: 409 }),
    );
    const result = await setUp({ admin });
    expect(result.steps[0]).toMatchObject({
      outcome: "failed",
      error: { code: "AlreadyExists", s3Code: "BucketAlreadyExists" },
    });
    expect(result.steps[0]?.detail).toContain("taken by another account");
  });

  it("a create whose answer came too late (BucketAlreadyOwnedByYou) goes on", async () => {
    const admin = new FakeBucketAdmin();
    const ours = new StorageError("AlreadyExists", "yours", { s3Code: "BucketAlreadyOwnedByYou" });
    admin.createBucket = async () => {
      admin.buckets.set(bucket, newBucket("us-east-1"));
      throw ours;
    };
    expect((await setUp({ admin })).steps[0]?.outcome).toBe("applied");
  });

  it("a new bucket that comes and goes is waited for, several good answers in a row", async () => {
    const admin = new FakeBucketAdmin();
    const plan = await planFor({ admin });
    const tools = new FakeTools();
    // Two of apply's own looks, then the waiting.
    admin.headAnswers.push(
      { state: "absent" },
      { state: "absent" },
      { state: "absent" },
      { state: "absent" },
      { state: "present", region: "us-east-1" },
      { state: "absent" },
    );
    const result = await applyPlan(plan, { admin }, { tools });
    expect(result.succeeded).toBe(true);
    expect(tools.sleeps).toHaveLength(2);
  });

  it("a new bucket that never shows up ends in a Timeout, not in another create", async () => {
    const admin = new FakeBucketAdmin();
    const plan = await planFor({ admin });
    admin.headAnswers.push(...Array.from({ length: 100 }, () => ({ state: "absent" }) as const));
    const result = await applyPlan(plan, { admin }, { tools: new FakeTools() });
    expect(result.steps[0]).toMatchObject({
      outcome: "failed",
      error: { code: "Timeout", outcome: "applied" },
    });
    expect(admin.writes).toEqual(["createBucket"]);
  });

  it("a bucket in another region is not set up from here", async () => {
    const plan = await planFor({ admin: adminWith(newBucket("eu-west-1")) });
    expect(plan.summary.blockers[0]).toMatchObject({ code: "bucket-elsewhere" });
    expect(plan.summary.blockers[0]?.remedy).toContain("STORAGE_S3_REGION=eu-west-1");
  });

  it("a profile of another account does not get the bucket", async () => {
    const plan = await planFor({ admin: adminWith() }, desire({ ownerAccountId: "999988887777" }));
    expect(plan.summary.blockers[0]).toMatchObject({ code: "owner" });
  });

  it("a bucket that is there without its owner checked may be a stranger's, and the plan says so", async () => {
    const unchecked = await planFor({ admin: adminWith() });
    expect(aspectOf(unchecked, "bucket").notes[0]?.text).toContain("was not checked");
    const ours = desire({ ownerAccountId: "111122223333" });
    expect(aspectOf(await planFor({ admin: adminWith() }, ours), "bucket").notes).toEqual([]);
  });

  it("a dated name can be guessed and is warned of", async () => {
    const dated = desire({ bucket: "sms-api-storage-20261124" });
    const plan = await planFor({ admin: new FakeBucketAdmin() }, dated);
    expect(aspectOf(plan, "bucket").notes[0]?.text).toContain("can be guessed");
    const random = await planFor({ admin: new FakeBucketAdmin() });
    expect(aspectOf(random, "bucket").notes).toEqual([]);
  });

  it.each(["Bad_Name", "xn--data", "data-s3alias", "192.168.0.1", "ab"])(
    "the name %s is refused before S3 does",
    async (name) => {
      const plan = await planFor({ admin: new FakeBucketAdmin() }, desire({ bucket: name }));
      expect(plan.summary.blockers[0]).toMatchObject({ code: "bucket-name" });
    },
  );

  it("where there are no account-regional names, another is proposed and none is taken unasked", async () => {
    const admin = new FakeBucketAdmin();
    const refusal = { status: 400, s3Code: "InvalidArgument" };
    admin.failures.set("createBucket", new StorageError("InvalidArgument", "no such", refusal));
    const plan = await planFor({ admin }, regional("111122223333"));
    const { steps } = await applyPlan(plan, { admin }, { tools: new FakeTools() });
    expect(steps[0]?.error?.message).toContain("no account-regional bucket names here");
    expect(steps[0]?.error?.remedy).toContain('-$(openssl rand -hex 4)"');
    expect(admin.writes).toEqual(["createBucket"]);
  });

  it("an account-regional name of another account is refused before S3 does", async () => {
    const admin = new FakeBucketAdmin();
    const foreign = await planFor({ admin }, regional("444455556666"));
    expect(foreign.summary.blockers[0]?.message).toContain("-111122223333-us-east-1-an");
    const own = await planFor({ admin }, regional("111122223333"));
    expect(own.summary.blockers).toEqual([]);
    expect(aspectOf(own, "bucket").document).toMatchObject({ namespace: "account-regional" });
  });
});
