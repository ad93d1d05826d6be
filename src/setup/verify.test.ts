import { beforeAll, describe, expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import { setupLimits } from "../core/setup-limits.ts";
import { denied, FakeBucketAdmin, notImplemented } from "./testing-fixtures/fake-bucket-admin.ts";
import { FakeStore } from "../probes/testing-fixtures/fake-store.ts";
import { adminWith, bucket, desire, FakeTools, setUp } from "./testing-fixtures/set-up-once.ts";
import { verifySetup, type Check, type VerifyOptions, type VerifyReport } from "./verify.ts";

let admin: FakeBucketAdmin;

beforeAll(async () => {
  admin = adminWith();
  await setUp({ admin });
});

async function verify(
  store: FakeStore,
  options: Partial<VerifyOptions> = {},
): Promise<VerifyReport> {
  return verifySetup(desire(), { admin }, store.asStore(), {
    tools: new FakeTools(),
    randomPart: "r4nd0m",
    ...options,
  });
}

function checkOf(report: VerifyReport, name: string): Check | undefined {
  return report.checks.find((check) => check.name === name);
}

describe("verifySetup", () => {
  it("reads every setting back, makes the round trip, and leaves nothing", async () => {
    const store = new FakeStore();
    const report = await verify(store);
    expect(report.passed).toBe(true);
    expect(report.checks.map(({ name, status }) => [name, status])).toEqual([
      ["bucket", "passed"],
      ["public-access-block", "passed"],
      ["ownership", "passed"],
      ["encryption", "passed"],
      ["versioning", "passed"],
      ["policy", "passed"],
      ["lifecycle", "passed"],
      ["env-file", "unmanaged"],
      ["small-upload", "passed"],
      ["read-back", "passed"],
      ["head-missing", "passed"],
      ["attributes", "passed"],
      ["list", "passed"],
      ["multipart", "passed"],
      ["clean-up", "passed"],
    ]);
    expect(store.versions).toEqual([]);
    expect(setupLimits.probeBytes).toBeGreaterThan(8 * 1024 * 1024);
    expect(checkOf(report, "multipart")?.detail).toContain(String(setupLimits.probeBytes));
    expect(checkOf(report, "clean-up")?.proves).toEqual(["s3:DeleteObjectVersion"]);
  });

  it("names the setting that is not as wished", async () => {
    const other = adminWith();
    await setUp({ admin: other });
    await other.put(bucket, "versioning", "Suspended");
    const store = new FakeStore().asStore();
    const options = { tools: new FakeTools(), randomPart: "r" };
    const report = await verifySetup(desire(), { admin: other }, store, options);
    expect(report.passed).toBe(false);
    expect(checkOf(report, "versioning")).toMatchObject({
      status: "failed",
      detail: "not as wished: Status is Suspended, wished Enabled",
    });
  });

  it("says nothing good or bad of what a missing bucket did not show", async () => {
    const store = new FakeStore();
    const options = { tools: new FakeTools(), randomPart: "r" };
    const target = { admin: new FakeBucketAdmin() };
    const report = await verifySetup(desire(), target, store.asStore(), options);
    expect(report.passed).toBe(false);
    const seen = report.checks.filter(({ status }) => status !== "not-reached");
    expect(seen.map(({ name, status }) => [name, status])).toEqual([
      ["bucket", "failed"],
      ["env-file", "unmanaged"],
    ]);
    expect(checkOf(report, "policy")?.detail).toBe("not seen: there is no bucket");
    expect(checkOf(report, "clean-up")?.detail).toBe("not tried: there is no bucket");
  });

  it("shows what was found and what was wished of every value", async () => {
    const other = adminWith();
    await setUp({ admin: other });
    await other.put(bucket, "publicAccessBlock", {
      BlockPublicAcls: false,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    });
    await other.remove(bucket, "lifecycle");
    const options = { tools: new FakeTools(), randomPart: "r" };
    const store = new FakeStore().asStore();
    const report = await verifySetup(desire(), { admin: other }, store, options);
    expect(checkOf(report, "public-access-block")?.detail).toBe(
      "not as wished: BlockPublicAcls is false, wished true",
    );
    expect(checkOf(report, "lifecycle")?.detail).toBe(
      "not as wished: Rule sms-storage-test-files is missing, Rule sms-storage-clean-up is missing",
    );
  });

  it("settings that a plain role may not read are no failure of its files", async () => {
    const plain = adminWith();
    await setUp({ admin: plain });
    plain.failures.set("read policy", denied("s3:GetBucketPolicy"));
    const store = new FakeStore().asStore();
    const options = { tools: new FakeTools(), randomPart: "r" };
    const report = await verifySetup(desire(), { admin: plain }, store, options);
    expect(report.passed).toBe(true);
    expect(checkOf(report, "policy")?.status).toBe("not-reached");
  });

  describe("a missing file that answers 403 instead of 404", () => {
    const bare = new StorageError("PermissionDenied", "Access Denied", { status: 403 });
    const deny =
      "User: x is not authorized to perform: s3:GetObject with an explicit deny in a resource-based policy";

    it.each<[string, StorageError, readonly string[], string]>([
      ["names the action of GET", denied("s3:ListBucket"), ["s3:ListBucket"], "s3:ListBucket"],
      ["has a Deny behind it", new StorageError("PermissionDenied", deny), ["s3:GetObject"], deny],
      ["may have two causes where S3 names none", bare, [], "Either s3:ListBucket on the bucket"],
    ])("%s", async (_, refusalOfGet, missing, detail) => {
      const store = new FakeStore();
      store.failures.set("headObject", bare);
      store.failures.set("getObject", refusalOfGet);
      const check = checkOf(await verify(store), "head-missing");
      expect(check).toMatchObject({ status: "failed", missing });
      expect(check?.detail).toContain(detail);
    });
  });

  it("tells what to do about a bucket that it may not see", async () => {
    const store = new FakeStore().asStore();
    const hidden = adminWith();
    hidden.headBucket = async () => ({ state: "forbidden", region: undefined });
    const options = { tools: new FakeTools(), randomPart: "r" };
    const report = await verifySetup(desire(), { admin: hidden }, store, options);
    expect(checkOf(report, "bucket")?.detail).toMatch(/\(403\)\. Check the name and the account/);
  });

  it("a bucket that does not exist proves nothing, though HEAD answers 404 there too", async () => {
    const store = new FakeStore();
    const gone = { status: 404, s3Code: "NoSuchBucket" };
    for (const method of [
      "putObject",
      "getObject",
      "listObjectVersions",
      "createMultipartUpload",
    ]) {
      store.failures.set(method, new StorageError("NotFound", "no such bucket", gone));
    }
    const report = await verify(store);
    const probes = report.checks.filter(({ kind }) => kind === "probe");
    expect(probes.flatMap(({ proves }) => proves)).toEqual([]);
    expect(checkOf(report, "head-missing")).toMatchObject({
      status: "failed",
      detail: "There is no such bucket.",
    });
  });

  it("names the action that S3 names in its refusal", async () => {
    const store = new FakeStore();
    store.failures.set("createMultipartUpload", denied("kms:Decrypt"));
    expect(checkOf(await verify(store), "multipart")).toMatchObject({
      status: "failed",
      missing: ["kms:Decrypt"],
      error: { code: "PermissionDenied" },
    });
  });

  it("knows the fault of Ceph's gateway that makes a well set-up bucket take nothing", async () => {
    const store = new FakeStore();
    store.failures.set("putObject", denied("s3:PutObject"));
    const desired = desire({ endpointUrl: "https://ceph.example.org" });
    const options = { tools: new FakeTools(), randomPart: "r" };
    const report = await verifySetup(desired, { admin }, store.asStore(), options);
    expect(checkOf(report, "small-upload")?.detail).toContain("with BlockPublicAcls on it refuses");
    expect(checkOf(await verify(store), "small-upload")?.detail).not.toContain("Ceph");
  });

  it("does not call what it could not try a failure", async () => {
    const store = new FakeStore();
    store.failures.set("putObject", denied("s3:PutObject"));
    const report = await verify(store);
    expect(checkOf(report, "small-upload")).toMatchObject({
      status: "failed",
      missing: ["s3:PutObject"],
    });
    for (const name of ["read-back", "attributes", "list"]) {
      expect(checkOf(report, name)).toMatchObject({
        status: "not-reached",
        detail: 'not tried: "Upload a small file" did not pass',
      });
    }
  });

  it("compares the bytes, to the last one", async () => {
    const store = new FakeStore();
    store.spoil = (bytes) => {
      const spoilt = Buffer.from(bytes);
      spoilt.writeUInt8(spoilt.readUInt8(spoilt.length - 1) ^ 1, spoilt.length - 1);
      return spoilt;
    };
    const report = await verify(store);
    expect(checkOf(report, "read-back")?.status).toBe("failed");
    expect(checkOf(report, "multipart")?.detail).toMatch(
      /differs from the one written, from byte 8\d{6}/,
    );
    expect(store.versions).toEqual([]);
  });

  it("a file cut short is no match", async () => {
    const store = new FakeStore();
    store.spoil = (bytes) => bytes.subarray(0, bytes.length - 1);
    expect(checkOf(await verify(store), "multipart")?.status).toBe("failed");
  });

  it("asks again for an object that is not found right after versioning was enabled, within bounds", async () => {
    const store = new FakeStore();
    store.hiddenReads = 3;
    const tools = new FakeTools();
    expect((await verify(store, { tools })).passed).toBe(true);
    expect(tools.sleeps).toEqual([1, 2, 3].map(() => setupLimits.probeWaitMs));

    const hidden = new FakeStore();
    hidden.hiddenReads = 1000;
    expect(checkOf(await verify(hidden), "read-back")?.status).toBe("failed");
    const impatient = new FakeStore();
    impatient.hiddenReads = 1;
    expect(checkOf(await verify(impatient, { patient: false }), "read-back")?.status).toBe(
      "failed",
    );
  });

  it("tells a missing ability from a failure", async () => {
    const store = new FakeStore();
    store.capabilities = { versioning: "yes", objectAttributes: "no" };
    store.failures.set("createMultipartUpload", notImplemented());
    const report = await verify(store);
    expect(report.passed).toBe(true);
    expect(checkOf(report, "attributes")?.status).toBe("not-supported");
    expect(checkOf(report, "multipart")?.status).toBe("not-supported");
  });

  it("aborts an upload that failed", async () => {
    const store = new FakeStore();
    store.failures.set("uploadPart", denied("s3:PutObject"));
    await verify(store);
    expect(store.calls).toContain("abortMultipartUpload");
  });

  it("without s3:DeleteObjectVersion it marks its files as deleted and says what stays", async () => {
    const store = new FakeStore();
    store.failures.set("deleteObjectVersion", denied("s3:DeleteObjectVersion"));
    const report = await verify(store);
    expect(report.passed).toBe(true);
    expect(checkOf(report, "clean-up")).toMatchObject({
      status: "passed",
      proves: ["s3:DeleteObject"],
      missing: ["s3:DeleteObjectVersion"],
    });
  });

  it("cleans up even when it is stopped", async () => {
    const store = new FakeStore();
    const controller = new AbortController();
    const tools = Object.assign(new FakeTools(), { signal: controller.signal });
    const onCheck = ({ name }: Check) => {
      if (name === "small-upload") controller.abort();
    };
    const report = await verify(store, { tools, onCheck });
    expect(checkOf(report, "read-back")?.status).toBe("not-reached");
    expect(store.versions).toEqual([]);
  });
});
