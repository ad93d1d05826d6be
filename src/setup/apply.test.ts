import { describe, expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import { applyPlan, type ApplyEvent, type ReplacedDocument } from "./apply.ts";
import {
  denied,
  FakeBucketAdmin,
  newBucket,
  notImplemented,
  oldBucket,
} from "./testing-fixtures/fake-bucket-admin.ts";
import {
  adminWith,
  bucket,
  desire,
  fakeEnvFile,
  FakeTools,
  planFor,
  setUp,
} from "./testing-fixtures/set-up-once.ts";

const foreignPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Sid: "Theirs",
    Effect: "Allow",
    Principal: { AWS: "444455556666" },
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${bucket}/*`,
  },
});

function fullDisk(): Promise<string> {
  return Promise.reject(new Error("disk full"));
}

describe("applyPlan", () => {
  it("makes the guide's bucket from nothing, in the order that S3 bears", async () => {
    const admin = new FakeBucketAdmin();
    const values = new Map<string, string>();
    const result = await setUp({ admin, envFile: fakeEnvFile(values) });
    expect(result.succeeded).toBe(true);
    expect(result.steps.map(({ aspect, outcome }) => [aspect, outcome])).toEqual([
      ["bucket", "applied"],
      ["public-access-block", "already"],
      ["ownership", "already"],
      ["encryption", "already"],
      ["versioning", "applied"],
      ["policy", "applied"],
      ["lifecycle", "applied"],
      ["env-file", "applied"],
    ]);
    expect(admin.writes).toEqual(["createBucket", "put versioning", "put policy", "put lifecycle"]);
    expect(Object.fromEntries(values)).toEqual({
      STORAGE_S3_BUCKET: bucket,
      STORAGE_S3_REGION: "us-east-1",
    });
  });

  it.each([
    ["new", newBucket],
    ["old", oldBucket],
  ])(
    "a second run on a %s bucket finds nothing to do and writes nothing",
    async (_title, state) => {
      const target = { admin: adminWith(state("us-east-1")), envFile: fakeEnvFile(new Map()) };
      expect((await setUp(target)).succeeded).toBe(true);
      target.admin.writes.length = 0;
      const plan = await planFor(target);
      expect(plan.summary).toMatchObject({ add: 0, change: 0, remove: 0, upToDate: true });
      const again = await applyPlan(plan, target, { tools: new FakeTools() });
      expect(again.steps.every(({ outcome }) => outcome === "same")).toBe(true);
      expect(target.admin.writes).toEqual([]);
    },
  );

  it("refuses a plan when the bucket moved since, and names what moved", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    const plan = await planFor({ admin });
    await admin.put(bucket, "versioning", "Suspended");
    admin.writes.length = 0;
    await expect(applyPlan(plan, { admin }, { tools: new FakeTools() })).rejects.toMatchObject({
      code: "Conflict",
      message: "The plan is stale: Versioning changed since it was made.",
    });
    expect(admin.writes).toEqual([]);
  });

  it("refuses another account's hands", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    const plan = await planFor({ admin });
    admin.caller = { ...admin.caller, accountId: "999988887777" };
    await expect(applyPlan(plan, { admin }, { tools: new FakeTools() })).rejects.toMatchObject({
      code: "Conflict",
    });
  });

  it("another session of the same account may apply it", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    const plan = await planFor({ admin });
    admin.caller = { ...admin.caller, arn: admin.caller.arn.replace("jane", "joe") };
    const result = await applyPlan(plan, { admin }, { tools: new FakeTools() });
    expect(result.succeeded).toBe(true);
  });

  it("stops when somebody changes the policy between the look and the put", async () => {
    const admin = adminWith(newBucket("us-east-1"));
    const plan = await planFor({ admin });
    // The second read of the policy in apply is the one right before its put.
    let reads = 0;
    admin.meanwhile.set("read policy", () => {
      reads += 1;
      if (reads === 1) void admin.put(bucket, "policy", foreignPolicy);
    });
    const result = await applyPlan(plan, { admin }, { tools: new FakeTools() });
    const policy = result.steps.find(({ aspect }) => aspect === "policy");
    expect(policy).toMatchObject({ outcome: "failed", error: { code: "Conflict" } });
    expect(admin.buckets.get(bucket)?.policy).toBe(foreignPolicy);
    expect(result.steps.at(-1)?.outcome).toBe("not-reached");
    expect(result.succeeded).toBe(false);
  });

  it("does not overwrite what somebody puts into a bucket just made", async () => {
    const admin = new FakeBucketAdmin();
    const plan = await planFor({ admin });
    admin.meanwhile.set("read versioning", () => {
      admin.buckets.set(bucket, { ...newBucket("us-east-1"), policy: foreignPolicy });
      admin.meanwhile.clear();
    });
    const result = await applyPlan(plan, { admin }, { tools: new FakeTools() });
    expect(result.steps.find(({ aspect }) => aspect === "policy")).toMatchObject({
      outcome: "failed",
      error: { code: "Conflict" },
    });
    expect(admin.buckets.get(bucket)?.policy).toBe(foreignPolicy);
  });

  it("keeps a copy of a policy before it replaces it", async () => {
    const admin = adminWith({ ...newBucket("us-east-1"), policy: foreignPolicy });
    const kept: ReplacedDocument[] = [];
    const backup = async (replaced: ReplacedDocument) => {
      kept.push(replaced);
      return "backup.json";
    };
    const result = await setUp({ admin }, desire(), { backup });
    expect(kept).toEqual([{ bucket, aspect: "policy", document: foreignPolicy }]);
    expect(result.steps.find(({ aspect }) => aspect === "policy")?.backup).toBe("backup.json");
  });

  it("does not write when the copy cannot be kept", async () => {
    const admin = adminWith({ ...newBucket("us-east-1"), policy: foreignPolicy });
    const result = await setUp({ admin }, desire(), { backup: fullDisk });
    expect(result.steps.find(({ aspect }) => aspect === "policy")).toMatchObject({
      outcome: "failed",
      detail: "Bucket policy was left alone: a copy of it could not be kept (disk full).",
    });
    expect(admin.buckets.get(bucket)?.policy).toBe(foreignPolicy);
  });

  it("stops at the first failure, and a second run goes on from there", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    admin.failures.set("put versioning", denied("s3:PutBucketVersioning"));
    const first = await setUp({ admin });
    expect(first.succeeded).toBe(false);
    expect(first.steps.map(({ outcome }) => outcome).slice(3)).toEqual([
      "applied",
      "failed",
      "not-reached",
      "not-reached",
      "not-reached",
    ]);
    admin.failures.clear();
    const second = await setUp({ admin });
    expect(second.steps.map(({ outcome }) => outcome).slice(3, 7)).toEqual([
      "same",
      "applied",
      "applied",
      "applied",
    ]);
  });

  it("takes a put that the store does not know for not supported, and goes on", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    admin.failures.set("put encryption", notImplemented());
    const result = await setUp({ admin });
    expect(result.succeeded).toBe(true);
    expect(result.steps.find(({ aspect }) => aspect === "encryption")?.outcome).toBe(
      "not-supported",
    );
  });

  it("fails, and does not blame the store, where a document holds more than is known here", async () => {
    const admin = adminWith();
    const newer = new StorageError("NotSupported", "The lifecycle holds DelMarkerExpiration", {
      details: { unknownElements: "DelMarkerExpiration" },
    });
    admin.failures.set("put lifecycle", newer);
    const { succeeded, steps } = await setUp({ admin });
    expect(succeeded).toBe(false);
    expect(steps.find(({ aspect }) => aspect === "lifecycle")).toMatchObject({
      outcome: "failed",
      detail: "The lifecycle holds DelMarkerExpiration",
    });
  });

  it("waits until a put reads back, and no longer than its bound", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    admin.staleReads = 3;
    const tools = new FakeTools();
    expect((await setUp({ admin }, desire(), { tools })).succeeded).toBe(true);
    expect(tools.sleeps).toHaveLength(3);

    const never = adminWith(oldBucket("us-east-1"));
    never.staleReads = 1000;
    const failed = await setUp({ admin: never });
    expect(failed.steps[1]).toMatchObject({
      outcome: "failed",
      detail: "Public access block was put, but does not read back so.",
      error: { outcome: "unknown", retryable: true },
    });
  });

  it("stops between steps when it is told to", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    const controller = new AbortController();
    const onEvent = (event: ApplyEvent) => {
      if (event.type === "step-ended" && event.step.aspect === "ownership") controller.abort();
    };
    const tools = Object.assign(new FakeTools(), { signal: controller.signal });
    const result = await setUp({ admin }, desire(), { tools, onEvent });
    expect(result.steps[3]).toMatchObject({ outcome: "failed", error: { code: "Aborted" } });
    expect(admin.writes).toEqual(["put publicAccessBlock", "put ownership"]);
  });

  it("tells its steps as they go", async () => {
    const admin = new FakeBucketAdmin();
    const events: string[] = [];
    const onEvent = (event: ApplyEvent) => {
      events.push(event.type === "step-started" ? `> ${event.title}` : event.step.outcome);
    };
    await setUp({ admin }, desire(), { onEvent });
    expect(events.slice(0, 4)).toEqual(["> Bucket", "applied", "> Public access block", "already"]);
  });
});
