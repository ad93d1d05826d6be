import { afterAll, beforeAll, expect, it } from "vitest";
import { s3Dialect } from "../../src/client/dialects/s3.ts";
import { createS3Store } from "../../src/client/create-s3-store.ts";
import type { ObjectStore } from "../../src/core/object-store.ts";
import { type LiveServer, records, startLiveServer } from "./live-server.ts";

// uploads ls and uploads abort as processes, on the built command.

let live: LiveServer;
let store: ObjectStore;

beforeAll(async () => {
  live = await startLiveServer();
  const { env } = live;
  store = createS3Store({
    bucket: live.bucket,
    region: "us-east-1",
    endpoint: live.endpoint,
    dialect: s3Dialect,
    credentials: () =>
      Promise.resolve({
        accessKeyId: env["STORAGE_S3_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: env["STORAGE_S3_SECRET_ACCESS_KEY"] ?? "",
        sessionToken: env["STORAGE_S3_SESSION_TOKEN"] ?? "",
      }),
  });
});

afterAll(async () => {
  await store.close();
  await live.stop();
});

async function begin(key: string, bytes = 0): Promise<string> {
  const uploadId = await store.createMultipartUpload(key);
  if (bytes > 0) await store.uploadPart({ key, uploadId, partNumber: 1 }, Buffer.alloc(bytes));
  return uploadId;
}

const listed = async (prefix: string, ...more: string[]) =>
  records((await live.run(["uploads", "ls", "--json", ...more, live.uri(prefix)])).stdout);

it("lists what was begun and never ended, with its parts on request", async () => {
  const uploadId = await begin("l/big", 1000);
  await begin("other");
  const all = await listed("l/");
  expect(all).toEqual([
    { type: "upload", bucket: live.bucket, key: "l/big", uploadId, initiated: expect.any(String) },
    { type: "summary", uploads: 1 },
  ]);
  expect(await listed("l/", "--size")).toMatchObject([{ parts: 1, bytes: 1000 }, {}]);
  expect(await listed("l/", "--older-than", "1h")).toEqual([{ type: "summary", uploads: 0 }]);
  const text = await live.run(["uploads", "ls", "--size", "l/"]);
  expect(text.stdout).toMatch(/^\d{4}-\d\d-\d\d [\d:]{8} +1000 +1 parts \S+ l\/big\n$/);
});

it("aborts after a yes what it listed, and counts what it did", async () => {
  await begin("a/1", 10);
  await begin("a/2");
  await begin("b/3");
  const unasked = await live.run(["uploads", "abort", "a/"]);
  expect(unasked).toMatchObject({ code: 9, stdout: "" });
  expect(unasked.stderr).toContain("Abort 2 uploads");
  const dry = await live.run(["uploads", "abort", "--dry-run", "a/"]);
  expect(dry.stdout.match(/^\(dry run\) abort s3:/gm)).toHaveLength(2);
  expect(await listed("a/")).toHaveLength(3);
  const done = await live.run(["uploads", "abort", "--json", "--yes", "a/"]);
  expect(done.code).toBe(0);
  expect(records(done.stdout).at(-1)).toEqual({
    type: "summary",
    dryRun: false,
    found: 2,
    aborted: 2,
    gone: 0,
    failed: 0,
  });
  expect(await listed("a/")).toEqual([{ type: "summary", uploads: 0 }]);
  expect(await listed("b/")).toHaveLength(2);
});

it("aborts one by its id, once", async () => {
  const uploadId = await begin("one");
  const args = ["uploads", "abort", "--upload-id", uploadId];
  expect((await live.run([...args, "--dry-run", "one"])).stdout).toContain("(dry run) abort");
  expect(await live.run([...args, "one"])).toMatchObject({
    code: 0,
    stdout: `abort ${live.uri("one")} (${uploadId})\n`,
  });
  const again = await live.run([...args, "one"]);
  expect(again).toMatchObject({ code: 3, stdout: "" });
  expect(again.stderr).toContain("has no unfinished upload");
});

it("aborts nothing for who may not list", async () => {
  await begin("c/1");
  const denied = await live.run(["uploads", "abort", "--yes", "c/"], { env: live.powerless });
  expect(denied.code).toBe(5);
  expect(await listed("c/")).toHaveLength(2);
});
