import { expect, it } from "vitest";
import { applyPlan } from "./apply.ts";
import {
  FakeBucketAdmin,
  newBucket,
  notImplemented,
} from "./testing-fixtures/fake-bucket-admin.ts";
import {
  adminWith,
  bucket,
  desire,
  FakeTools,
  planFor,
  setUp,
} from "./testing-fixtures/set-up-once.ts";

// What applying must not take for done, or do unseen.

it("a store that makes no buckets fails the set-up, which is nothing without one", async () => {
  const admin = new FakeBucketAdmin();
  admin.failures.set("createBucket", notImplemented());
  const { succeeded, steps } = await setUp({ admin });
  expect(succeeded).toBe(false);
  expect(steps[0]).toMatchObject({ aspect: "bucket", outcome: "failed" });
  expect(steps[1]).toMatchObject({ outcome: "not-reached" });
});

it("a policy that is to go is gone only once it reads back as none", async () => {
  const reset = desire({ policy: "reset" });
  const gone = adminWith();
  await setUp({ admin: gone });
  gone.staleReads = 2;
  const { steps } = await setUp({ admin: gone }, reset);
  expect(steps.find(({ aspect }) => aspect === "policy")).toMatchObject({ outcome: "applied" });
  expect(gone.buckets.get(bucket)?.policy).toBeUndefined();

  const stays = adminWith();
  await setUp({ admin: stays });
  stays.staleReads = 1000;
  const failed = await setUp({ admin: stays }, reset);
  expect(failed.steps.find(({ aspect }) => aspect === "policy")).toMatchObject({
    outcome: "failed",
    detail: "Bucket policy was put, but does not read back so.",
  });
});

it("what is put into a bucket just made is what was shown, or nothing", async () => {
  const admin = new FakeBucketAdmin();
  const plan = await planFor({ admin });
  const shown = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  const aspects = plan.aspects.map((each) =>
    each.aspect === "policy" ? { ...each, document: shown } : each,
  );
  const { steps } = await applyPlan({ ...plan, aspects }, { admin }, { tools: new FakeTools() });
  expect(steps.find(({ aspect }) => aspect === "policy")).toMatchObject({
    outcome: "failed",
    error: { code: "Conflict" },
  });
  expect(admin.writes).not.toContain("put policy");
});

/** Not AWS, and yet its new buckets show what they block. */
class OtherStore extends FakeBucketAdmin {
  override async createBucket(input: { bucket: string; region: string }): Promise<void> {
    await super.createBucket(input);
    const made = this.buckets.get(input.bucket);
    const [rule] = made?.encryption?.Rules ?? [];
    if (made === undefined || rule === undefined) throw new Error("no encryption");
    const none = { BlockedEncryptionTypes: { EncryptionType: ["NONE" as const] } };
    made.encryption = { Rules: [{ ...rule, ...none }] };
  }
}

it("a new bucket's own defaults, which no plan could know, are no reason to stop", async () => {
  const admin = new OtherStore();
  const { succeeded, steps } = await setUp({ admin }, desire({ endpointUrl: "http://store:9000" }));
  expect(succeeded).toBe(true);
  expect(steps.find(({ aspect }) => aspect === "encryption")).toMatchObject({ outcome: "applied" });
});

it("a rule of others that S3 would refuse blocks the plan", async () => {
  const both = {
    ID: "theirs",
    Status: "Enabled" as const,
    Prefix: "a/",
    Filter: { Prefix: "a/" },
    Expiration: { Days: 9 },
  };
  const admin = adminWith({ ...newBucket("us-east-1"), lifecycle: { Rules: [both] } });
  const [blocker] = (await planFor({ admin })).summary.blockers;
  expect(blocker?.message).toContain("Filter and Prefix cannot both be given");
});
