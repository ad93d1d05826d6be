import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { contradictions } from "../../tests/contract/dialect-contradictions.ts";
import { mib } from "../core/limits.ts";
import { getSettings } from "../settings/get-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";
import { openObjectStore } from "./open-object-store.ts";
import { probeStore } from "./probe-store.ts";

let aws: TestServer;
let qumulo: TestServer;
let state: string;

beforeAll(async () => {
  aws = await startTestServer();
  qumulo = await startTestServer({ personality: "qumulo" });
});
afterAll(async () => {
  await aws.close();
  await qumulo.close();
});
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "sms-probe-"));
  vi.stubEnv("XDG_STATE_HOME", state);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(state, { recursive: true });
});

function settingsOf(server: TestServer, more: Record<string, string> = {}): Settings {
  return getSettings({ environment: { ...server.env, ...more }, envFile: false });
}

it("finds what the embedded server can do, cleans up, and leads the next calls", async () => {
  const settings = settingsOf(aws, { STORAGE_S3_DIALECT: "embedded" });
  const heard: string[] = [];
  const { profile, cleanUp, file } = await probeStore(settings, {
    onFact: ({ name }) => heard.push(name),
  });
  expect(contradictions(profile)).toEqual([]);
  const open = profile.facts.filter(({ finding }) => finding === "unknown");
  expect(open).toEqual([]);
  expect(heard).toEqual(profile.facts.map(({ name }) => name));
  expect(cleanUp.left).toEqual([]);
  expect(cleanUp.deleted).toBeGreaterThan(20);
  const store = aws.store();
  expect((await store.listObjects()).objects).toEqual([]);
  expect((await store.listMultipartUploads()).uploads).toEqual([]);
  expect(JSON.parse(await readFile(file ?? "", "utf8"))).toEqual(profile);
});

it("finds what a server that plays Qumulo can do, and the client then goes by it", async () => {
  const settings = settingsOf(qumulo);
  await using before = closing(await openObjectStore(settings));
  expect(before.store.capabilities).toMatchObject({
    overwrite: "unknown",
    userMetadata: "unknown",
  });
  const { profile, cleanUp, file } = await probeStore(settings, { prefix: "runs/" });
  expect(contradictions(profile)).toEqual([]);
  expect(cleanUp.left).toEqual([]);
  const { objects } = await qumulo.store().listObjects();
  // The directory that it was told, which a file system keeps.
  expect(objects.map(({ key }) => key)).toEqual(["runs/"]);
  const found = {
    overwrite: "no",
    userMetadata: "yes",
    objectTags: "yes",
    conditionalWrites: "no",
    checksumHeaders: "no",
    orderedListing: "no",
    partSizeMultipleBytes: 4096,
  };
  await using after = closing(await openObjectStore(settings));
  expect(after.store.capabilities).toMatchObject(found);

  // Of another endpoint, too old, or no profile: not believed.
  const told = JSON.parse(await readFile(file ?? "", "utf8")) as Record<string, unknown>;
  const old = new Date(Date.now() - 31 * 86_400_000).toISOString();
  const wrong = [{ ...told, endpoint: "http://other" }, { ...told, probedAt: old }, { facts: 5 }];
  for (const text of [...wrong.map((one) => JSON.stringify(one)), "{", "x".repeat(mib)]) {
    await writeFile(file ?? "", text);
    await using again = closing(await openObjectStore(settings));
    expect(again.store.capabilities).toMatchObject({ overwrite: "unknown" });
  }
});

it("records nothing when it is told so, or when it cannot get at the bucket", async () => {
  const settings = settingsOf(aws, { STORAGE_S3_DIALECT: "embedded" });
  expect((await probeStore(settings, { record: false })).file).toBeUndefined();
  await expect(probeStore(settings, { bucket: "no-such-bucket" })).rejects.toMatchObject({
    s3Code: "NoSuchBucket",
  });
  const credentials = { accessKeyId: "AKIANOBODY", secretAccessKey: "x" };
  await expect(probeStore(settings, { credentials })).rejects.toMatchObject({
    code: "Unauthenticated",
  });
});

function closing(store: Awaited<ReturnType<typeof openObjectStore>>) {
  return { store, [Symbol.asyncDispose]: () => store.close() };
}
