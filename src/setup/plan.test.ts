import { describe, expect, it } from "vitest";
import { renderPlan } from "./render-plan.ts";
import { parsePlan } from "./parse-plan.ts";
import {
  denied,
  FakeBucketAdmin,
  newBucket,
  notImplemented,
  oldBucket,
} from "./testing-fixtures/fake-bucket-admin.ts";
import {
  adminWith,
  aspectOf,
  bucket,
  desire,
  fakeEnvFile,
  planFor,
} from "./testing-fixtures/set-up-once.ts";

describe("a plan", () => {
  it("is plain data that survives JSON, and the same for the same bucket", async () => {
    const target = { admin: adminWith(oldBucket("us-east-1")), envFile: fakeEnvFile(new Map()) };
    const plan = await planFor(target);
    expect(parsePlan(JSON.stringify(plan))).toEqual(JSON.parse(JSON.stringify(plan)));
    expect(JSON.stringify(await planFor(target))).toBe(JSON.stringify(plan));
  });

  it("gives before, after and why for every change", async () => {
    const plan = await planFor({ admin: adminWith(oldBucket("us-east-1")) });
    const changes = plan.aspects.flatMap((aspect) => aspect.changes);
    expect(changes.length).toBeGreaterThan(8);
    const unexplained = changes.filter(({ why, after }) => why === "" || after === undefined);
    expect(unexplained).toEqual([]);
  });

  it("changes nothing while it is made", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    await planFor({ admin });
    expect(admin.writes).toEqual([]);
  });

  it("leaves unmanaged settings alone, whatever they are", async () => {
    const admin = adminWith({ ...oldBucket("us-east-1"), versioning: "Suspended" });
    const plan = await planFor({ admin }, desire({ versioning: "unmanaged", policy: "unmanaged" }));
    expect(aspectOf(plan, "versioning")).toMatchObject({ status: "unmanaged", changes: [] });
    expect(aspectOf(plan, "policy")).toMatchObject({ status: "unmanaged", changes: [] });
  });

  it("reports what a store lacks and goes on with the rest", async () => {
    const admin = adminWith(oldBucket("us-east-1"));
    for (const method of ["read publicAccessBlock", "read ownership", "read encryption"]) {
      admin.failures.set(method, notImplemented());
    }
    const plan = await planFor({ admin });
    expect(aspectOf(plan, "public-access-block").status).toBe("not-supported");
    expect(aspectOf(plan, "versioning").status).toBe("change");
    expect(plan.summary).toMatchObject({ complete: false, blockers: [] });
  });

  it("takes a denied read for unreadable, never for not set", async () => {
    const admin = adminWith();
    admin.failures.set("read policy", denied("s3:GetBucketPolicy"));
    const plan = await planFor({ admin });
    const policy = aspectOf(plan, "policy");
    expect(policy).toMatchObject({ status: "unreadable", changes: [] });
    expect(policy.document).toBeUndefined();
    expect(policy.summary).toContain("s3:GetBucketPolicy");
  });

  it("does not swallow other failures", async () => {
    const admin = adminWith();
    admin.failures.set("read policy", new Error("socket hang up"));
    await expect(planFor({ admin })).rejects.toThrow("socket hang up");
  });

  it("says that there is no caller on a store without STS", async () => {
    const admin = adminWith();
    admin.failures.set("getCallerIdentity", notImplemented());
    const plan = await planFor({ admin });
    const policy = aspectOf(plan, "policy");
    expect(policy.changes.map(({ item }) => item)).toEqual(["Statement SmsStorageTlsOnly"]);
    expect(policy.notes[0]?.text).toContain("the store does not say who is asking");
  });
});

describe("renderPlan", () => {
  it("shows what changes, what is kept and the sum, one line each", async () => {
    const state = {
      ...newBucket("us-east-1"),
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Theirs",
            Effect: "Allow",
            Principal: { AWS: "444455556666" },
            Action: "s3:GetObject",
            Resource: `arn:aws:s3:::${bucket}/*`,
          },
        ],
      }),
    };
    const values = new Map([["STORAGE_S3_BUCKET", "old"]]);
    const target = { admin: adminWith(state), envFile: fakeEnvFile(values) };
    const lines = renderPlan(await planFor(target));
    expect(lines[0]).toBe(`Bucket ${bucket}, region us-east-1, account 111122223333`);
    expect(lines).toContain(`= Bucket: ${bucket} is there in us-east-1`);
    expect(lines).toContain("= Public access block: all four blocks on");
    expect(lines).toContain(
      "+   Status = Enabled: an object overwritten or deleted by mistake can be brought back",
    );
    expect(lines).toContain("=   Statement Theirs (not ours, kept)");
    expect(lines).toContain(
      `~   STORAGE_S3_BUCKET old -> ${bucket}: programs find the bucket by it`,
    );
    expect(lines.at(-1)).toBe("Plan: 7 to add, 1 to change, 0 to remove; 1 of others kept.");
    expect(
      lines.every((line) => line === "" || /^(?:[-+~=!] | {3})|^Bucket|^Plan/.test(line)),
    ).toBe(true);
  });

  it("says plainly why a plan is blocked", async () => {
    const admin = new FakeBucketAdmin();
    admin.headAnswers.push({ state: "forbidden", region: "eu-west-1" });
    const lines = renderPlan(await planFor({ admin }));
    expect(lines.join("\n")).toContain("another account's or you may not see it (403)");
    expect(lines.at(-1)).toMatch(/^Plan: blocked/);
  });
});

describe("parsePlan", () => {
  it.each([
    ["no JSON", "{", "it is not JSON"],
    ["another document", "[]", "it is no JSON object"],
    ["another version", '{"formatVersion":2}', "its formatVersion is 2, not 1"],
    ["no bucket", '{"formatVersion":1}', "it has no bucket"],
    [
      "other aspects",
      '{"formatVersion":1,"bucket":"b","region":"r","observedHash":"h","desired":{},"summary":{},"aspects":[]}',
      "its aspects are not those of this version",
    ],
  ])("refuses %s", (_title, text, message) => {
    expect(() => parsePlan(text)).toThrow(message);
  });
});

describe("createDesiredState refuses what cannot be meant", () => {
  it.each([
    ["an empty test prefix", { lifecycle: { testPrefix: "" } }, "would delete every object"],
    ["half a day", { lifecycle: { testDays: 0.5 } }, "testDays is 0.5"],
    ["no region", { region: "" }, "The region is empty"],
    ["a short owner", { ownerAccountId: "123" }, "no account id"],
  ])("%s", (_title, change, message) => {
    expect(() => desire(change)).toThrow(message);
  });
});
