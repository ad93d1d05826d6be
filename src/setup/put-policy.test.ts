import { describe, expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import { setupLimits } from "../core/setup-limits.ts";
import type { ApplyEvent } from "./apply.ts";
import { denied, type FakeBucketAdmin } from "./testing-fixtures/fake-bucket-admin.ts";
import {
  adminWith,
  aspectOf,
  bucket,
  desire,
  FakeTools,
  planFor,
  setUp,
} from "./testing-fixtures/set-up-once.ts";

const behindTls = desire({ endpointUrl: "https://s3.lab.example.org" });

function stepOf(result: Awaited<ReturnType<typeof setUp>>) {
  return result.steps.find(({ aspect }) => aspect === "policy");
}

/** Whether the policy can still be read, put and taken away, as the store sees the caller. */
async function holdsThePolicy(admin: FakeBucketAdmin): Promise<boolean> {
  try {
    const text = await admin.read(bucket, "policy");
    if (text !== undefined) await admin.put(bucket, "policy", text);
    await admin.remove(bucket, "policy");
    return true;
  } catch {
    return false;
  }
}

const policyWrites = (admin: FakeBucketAdmin) =>
  admin.writes.filter((write) => write.endsWith(" policy")).length;

describe("a TLS-only statement", () => {
  it("is put on a store that is proven to see TLS", async () => {
    const admin = adminWith();
    expect(stepOf(await setUp({ admin }, behindTls))?.outcome).toBe("applied");
    const policy = admin.buckets.get(bucket)?.policy ?? "";
    expect(policy).toContain('"aws:SecureTransport":"false"');
    expect(policy).not.toContain('"aws:SecureTransport":"true"');
    expect((await planFor({ admin }, behindTls)).summary.upToDate).toBe(true);
  });

  it.each([
    ["sees plain http, as behind a proxy that ends TLS", false],
    ["does not know the condition", undefined],
  ])("is left out on a store that %s, and nobody is shut out", async (_what, seesTls) => {
    const admin = adminWith();
    admin.seesTls = seesTls;
    const tools = new FakeTools();
    const result = await setUp({ admin }, behindTls, { tools });
    expect(result.succeeded).toBe(true);
    expect(stepOf(result)).toMatchObject({
      outcome: "applied",
      detail: expect.stringContaining("would shut everybody out") as string,
    });
    expect(tools.sleeps).toHaveLength(setupLimits.tlsTrialReads - 1);
    const policy = admin.buckets.get(bucket)?.policy;
    expect(policy).toContain("SmsStorageObjects");
    expect(policy).not.toContain("SecureTransport");
    expect(await holdsThePolicy(admin)).toBe(true);
  });

  it("leaves no policy behind where it would have been alone in it", async () => {
    const admin = adminWith();
    admin.seesTls = false;
    const alone = { ...behindTls, policy: { access: "none" as const } };
    expect((await setUp({ admin }, alone)).succeeded).toBe(true);
    expect(admin.buckets.get(bucket)?.policy).toBeUndefined();
  });

  it("is left out where nothing can be tried", async () => {
    const admin = adminWith();
    const onEvent = (event: ApplyEvent) => {
      if (event.type !== "step-started" || event.aspect !== "policy") return;
      for (const name of ["versioning", "encryption", "ownership", "publicAccessBlock"]) {
        admin.failures.set(`read ${name}`, denied("x"));
      }
    };
    const result = await setUp({ admin }, behindTls, { onEvent });
    expect(stepOf(result)?.detail).toContain("put without the TLS-only statement");
    expect(policyWrites(admin)).toBe(1);
  });

  it("does not leave the trial behind when it fails", async () => {
    const admin = adminWith();
    admin.seesTls = false;
    admin.meanwhile.set("read versioning", () => {
      if (policyWrites(admin) === 0) return;
      admin.failures.set("read versioning", new StorageError("Unavailable", "gone"));
    });
    const result = await setUp({ admin }, behindTls);
    expect(stepOf(result)?.outcome).toBe("failed");
    expect(admin.buckets.get(bucket)?.policy).not.toContain("SecureTransport");
    expect(await holdsThePolicy(admin)).toBe(true);
  });

  it("is announced by the plan, with the trial", async () => {
    const { notes } = aspectOf(await planFor({ admin: adminWith() }, behindTls), "policy");
    expect(notes.map(({ text }) => text).join()).toContain("harmless read");
  });

  it("is not tried again where it stands, nor on AWS", async () => {
    const admin = adminWith();
    await setUp({ admin }, behindTls);
    admin.writes.length = 0;
    await setUp({ admin }, { ...behindTls, policy: { access: "least" } });
    expect(policyWrites(admin)).toBe(1);
    const aws = adminWith();
    await setUp({ admin: aws });
    expect(policyWrites(aws)).toBe(1);
  });

  it("over plain http is put only when it is asked for, and then as a lock-out", async () => {
    const asked = desire({ endpointUrl: "http://127.0.0.1:9000", policy: { tlsOnly: true } });
    const plan = await planFor({ admin: adminWith() }, asked);
    expect(plan.summary.blockers[0]?.code).toBe("lock-out");
    expect(String(aspectOf(plan, "policy").document)).toContain("SecureTransport");
  });
});
