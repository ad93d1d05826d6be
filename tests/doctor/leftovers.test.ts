import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Diagnosis, examine } from "../../src/checks/doctor/examine.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { openBucketAdmin } from "../../src/open/open-bucket-admin.ts";
import { openDoctorSession } from "../../src/open/doctor-session.ts";
import { openObjectStore } from "../../src/open/open-object-store.ts";
import { probeStore } from "../../src/open/probe-store.ts";
import { inspectSettings } from "../../src/settings/get-settings.ts";
import { startTestServer, type TestServer } from "../../src/testing/index.ts";
import { examineWith } from "./examine-with.ts";
import { allow, bucket, deny, patientOf, worldOf } from "./lab.ts";
import { runHere } from "./run-here.ts";

// Runs leave nothing of their own, whatever the bucket does with versions and wherever they are cut off;
// what they may not take away they tell.

let server: TestServer;
let folder: string;
let store: ObjectStore;

beforeAll(async () => {
  server = await startTestServer({ world: worldOf({}) });
  folder = await mkdtemp(join(tmpdir(), "sms-doctor-"));
  const { settings } = inspectSettings({ ...patientOf(server, "boss"), envFile: false });
  store = await openObjectStore(settings);
});

afterEach(async () => {
  vi.useRealTimers();
  await server.reset();
});

afterAll(async () => {
  await store.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function keepVersions(status: "Enabled" | "Suspended"): Promise<void> {
  const { settings } = inspectSettings({ ...patientOf(server, "boss"), envFile: false });
  const { admin } = await openBucketAdmin(settings);
  await admin.put(bucket, "versioning", status).finally(() => admin.close());
}

/** Versions, markers and unfinished uploads. */
async function all(): Promise<string[]> {
  const { versions } = await store.listObjectVersions({});
  const { uploads } = await store.listMultipartUploads({});
  return [
    ...versions.map(({ key, isDeleteMarker }) => `${isDeleteMarker ? "marker of " : ""}${key}`),
    ...uploads.map(({ key }) => `upload of ${key}`),
  ];
}

const cleanUpOf = ({ layers }: Diagnosis) => layers.find(({ name }) => name === "clean-up");

test("with versioning on or suspended nothing is left, not even a marker", async () => {
  await store.putObject("kept.txt", Buffer.from("x"));
  for (const status of ["Enabled", "Suspended"] as const) {
    await keepVersions(status);
    const diagnosis = await examineWith(patientOf(server, "ada"));
    expect(diagnosis.findings).toEqual([]);
    expect(cleanUpOf(diagnosis)?.detail).toBe("2 deleted, nothing is left");
    expect(await all()).toEqual(["kept.txt"]);
  }
});

test("verify leaves nothing after a set-up that wishes for suspended versions", async () => {
  const { environment } = patientOf(server, "boss");
  const place = { environment, cwd: folder };
  await keepVersions("Enabled");
  await store.putObject("kept.txt", Buffer.from("x"));
  const wish = ["--versioning", "Suspended"];
  const setUp = await runHere(["setup", ...wish, "--yes", "--no-env"], place);
  expect(`${setUp.code} ${setUp.stderr}`).toMatch(/^0 /);
  const verified = await runHere(["verify", ...wish], place);
  expect(`${verified.code} ${verified.stdout}`).toMatch(/^0 .* is set up and usable/);
  expect(await all()).toEqual(["kept.txt"]);
});

test("who may not delete versions is told what stays: markers, while versions are suspended", async () => {
  await server.takeWorld(worldOf({ own: [allow("s3:*"), deny("s3:DeleteObjectVersion")] }));
  await keepVersions("Suspended");
  const diagnosis = await examineWith(patientOf(server, "ada"));
  expect(cleanUpOf(diagnosis)?.detail).toMatch(/^2 marked as deleted; .* the markers stay until/);
  const left = await all();
  expect(left).toHaveLength(2);
  expect(left.every((each) => each.startsWith("marker of test/sms-storage-doctor-"))).toBe(true);
});

test("an upload in parts that fails is ended", async () => {
  server.faults.set([{ fault: "refusal", operations: ["UploadPart"], code: "InternalError" }]);
  const diagnosis = await examineWith(patientOf(server, "ada"));
  expect(diagnosis.findings.map(({ id }) => id)).toEqual(["D53"]);
  expect(cleanUpOf(diagnosis)?.detail).toBe(
    "1 deleted, 1 unfinished upload ended, nothing is left",
  );
  expect(await all()).toEqual([]);
});

test("an upload that may not be ended is told, and where it is", async () => {
  const own = [allow("s3:*"), deny("s3:AbortMultipartUpload")];
  await server.takeWorld(worldOf({ own }));
  server.faults.set([{ fault: "refusal", operations: ["UploadPart"], code: "InternalError" }]);
  const diagnosis = await examineWith(patientOf(server, "ada"));
  expect(diagnosis.findings.map(({ id }) => id)).toEqual(["D53", "D11"]);
  const { uploads } = await store.listMultipartUploads({});
  expect(uploads).toHaveLength(1);
  const [{ key, uploadId } = { key: "", uploadId: "" }] = uploads;
  expect(cleanUpOf(diagnosis)?.detail).toContain(`the upload ${uploadId} of ${key}`);
  expect(await all()).toEqual([`upload of ${key}`]);
});

test("what a write whose answer was lost has made goes, too", async () => {
  for (const status of [undefined, "Enabled"] as const) {
    if (status !== undefined) await keepVersions(status);
    server.faults.set([{ fault: "lost-answer", operations: ["PutObject"] }]);
    await examineWith(patientOf(server, "ada"));
    expect(await all()).toEqual([]);
  }
});

test("a run that is stopped amid a large upload ends it, and says so", async () => {
  const stop = new AbortController();
  const { environment } = patientOf(server, "ada");
  const session = openDoctorSession({
    resolved: inspectSettings({ environment, envFile: false }),
    environment,
    envFile: undefined,
    prefix: "test/",
    onExchange: ({ type, ...event }) => {
      if (type === "request" && "operation" in event && event.operation === "UploadPart") {
        stop.abort();
      }
    },
  });
  const told: string[] = [];
  const run = examine(session.place, session.sources, {
    clock: () => performance.now(),
    signal: stop.signal,
    onLayer: ({ name, detail }) => void told.push(`${name}: ${detail}`),
  });
  await expect(run).rejects.toThrow(/abort/i);
  await session.close();
  expect(told.at(-1)).toBe("clean-up: 1 deleted, 1 unfinished upload ended, nothing is left");
  expect(await all()).toEqual([]);
});

test("an upload that a killed run left is ended by one an hour later, and nobody else's is", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 2 * 3_600_000 });
  await store.createMultipartUpload("test/sms-storage-doctor-0123456789ab/large.bin");
  await store.createMultipartUpload("test/somebody.bin");
  vi.useRealTimers();
  await store.createMultipartUpload("test/sms-storage-doctor-ba9876543210/large.bin");
  const diagnosis = await examineWith(patientOf(server, "ada"));
  expect(diagnosis.findings).toEqual([]);
  expect(cleanUpOf(diagnosis)?.detail).toBe(
    "2 deleted, 1 unfinished upload ended, nothing is left",
  );
  expect(await all()).toEqual([
    "upload of test/sms-storage-doctor-ba9876543210/large.bin",
    "upload of test/somebody.bin",
  ]);
});

test("a probe of the store says that versions stay, where it may not list them", async () => {
  await server.takeWorld(worldOf({ own: [allow("s3:*"), deny("s3:ListBucketVersions")] }));
  await keepVersions("Enabled");
  const { settings } = inspectSettings({ ...patientOf(server, "ada"), envFile: false });
  const { cleanUp } = await probeStore(settings, { record: false });
  expect(cleanUp.left).toEqual([expect.stringMatching(/^sms-probe-/)]);
  const [under = ""] = cleanUp.left;
  const there = await all();
  expect(there.length).toBeGreaterThan(10);
  expect(there.every((each) => each.replace("marker of ", "").startsWith(under))).toBe(true);
});
