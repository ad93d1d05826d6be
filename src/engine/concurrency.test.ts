import { createHash, randomInt } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { S3Error } from "../protocol/s3-error.ts";
import type { Engine, ObjectRecord } from "./engine.ts";
import { everything } from "./index-keys.ts";
import { openIndex } from "./index-store.ts";
import { openEngine } from "./open-engine.ts";
import { tableNames } from "./tables.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  createBucket,
  plain,
  put,
  sourceOf,
  textOf,
} from "./testing-fixtures/engine-calls.ts";

const callers = 24;
const stepCount = Number(process.env["STRESS_STEPS"] ?? 60);
const buckets = ["one", "two"];
const keys = ["a", "b", "c", "d"];

/** What callers that get into each other's way may be told. */
const expectedCodes = new Set([
  "NoSuchKey",
  "NoSuchBucket",
  "NoSuchUpload",
  "BucketNotEmpty",
  "BucketAlreadyOwnedByYou",
  "PreconditionFailed",
  "InvalidPart",
]);

function pick<T>(list: readonly T[]): T {
  return list[randomInt(list.length)]!;
}

/** Bytes that end with the digest of the rest: mixed or torn ones are noticed. */
function sealed(length: number): Buffer {
  const bytes = Buffer.alloc(length, randomInt(256));
  bytes.writeUInt32BE(randomInt(2 ** 32), 0);
  createHash("md5")
    .update(bytes.subarray(0, -16))
    .digest()
    .copy(bytes, length - 16);
  return bytes;
}

function assertSealed(bytes: Buffer): void {
  const digest = createHash("md5").update(bytes.subarray(0, -16)).digest();
  if (!digest.equals(bytes.subarray(-16))) throw new Error("Foreign or torn bytes.");
}

async function wait(): Promise<void> {
  for (let turns = randomInt(6); turns > 0; turns -= 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

async function readSlowly(engine: Engine, record: ObjectRecord): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of engine.read(record)) {
    chunks.push(chunk);
    await wait();
  }
  assertSealed(Buffer.concat(chunks));
}

/** Deletes and overwrites go on meanwhile; a copy must have the bytes of the record, or not exist. */
async function copyWhileReading(engine: Engine, bucket: string): Promise<void> {
  const record = engine.getObject(bucket, pick(keys));
  if (record === undefined || record.deleteMarker) return;
  const reader = engine.read(record)[Symbol.asyncIterator]();
  await wait();
  await engine.deleteObject({ bucket, key: record.key, versionId: record.versionId });
  await wait();
  const copy = engine.copyObject(record, { bucket: pick(buckets), key: pick(keys), ...plain });
  if (randomInt(2) === 0) await reader.return?.();
  await copy;
  await reader.return?.();
}

async function upload(engine: Engine, bucket: string): Promise<void> {
  const key = pick(keys);
  const { uploadId } = await engine.createUpload({ bucket, key, initiatorArn: "arn", ...plain });
  const address = { bucket, key, uploadId, partNumber: 1 };
  const bytes = sealed(30_000);
  const puts = [1, 2].map(async () => {
    const staged = await engine.stage(sourceOf(bytes));
    try {
      return await engine.putPart(address, staged);
    } finally {
      await staged.discard();
    }
  });
  const parts = await Promise.allSettled(puts);
  const [part] = parts.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (part === undefined) return;
  const ends = [
    engine.completeUpload({ ...address, parts: [part] }),
    ...(randomInt(3) === 0 ? [engine.abortUpload(bucket, key, uploadId)] : []),
  ];
  const results = await Promise.allSettled<unknown>(ends);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function step(engine: Engine): Promise<void> {
  const bucket = pick(buckets);
  const key = pick(keys);
  switch (randomInt(12)) {
    case 0:
    case 1:
    case 2: {
      const staged = await engine.stage(sourceOf(sealed(pick([100, 17_000, 300_000]))));
      try {
        await engine.putObject({ bucket, key, staged, ...plain });
      } finally {
        await staged.discard();
      }
      return;
    }
    case 3:
    case 4:
      return await copyWhileReading(engine, bucket);
    case 5: {
      const record = engine.getObject(bucket, key);
      if (record?.deleteMarker === false) await readSlowly(engine, record);
      return;
    }
    case 6: {
      const { entries } = engine.listVersions({ bucket, limit: 100 });
      if (entries.length > 8) await engine.deleteObjects(entries.slice(2).map((v) => ({ ...v })));
      return;
    }
    case 7:
      await engine.deleteObject({ bucket, key });
      return;
    case 8:
      return await upload(engine, bucket);
    case 9: {
      const versioning = pick(["Enabled", "Suspended"] as const);
      await engine.updateBucketSettings(bucket, (settings) => ({ ...settings, versioning }));
      return;
    }
    case 10:
      return await createBucket(engine, bucket);
    default:
      await engine.deleteBucket(bucket);
  }
}

async function call(engine: Engine, told: Map<string, number>): Promise<void> {
  for (let at = 0; at < stepCount; at += 1) {
    try {
      await step(engine);
    } catch (error) {
      if (!(error instanceof S3Error) || !expectedCodes.has(error.code)) throw error;
      told.set(error.code, (told.get(error.code) ?? 0) + 1);
    }
  }
}

async function readAll(engine: Engine): Promise<number> {
  let count = 0;
  for (const { name } of engine.listBuckets()) {
    for (const entry of engine.listVersions({ bucket: name, limit: 10_000 }).entries) {
      if (!entry.deleteMarker) await readSlowly(engine, entry);
      count += 1;
    }
  }
  return count;
}

test("many callers in each other's way: bytes stay whole, also after opening again, and nothing leaks", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    for (const bucket of buckets) await createBucket(engine, bucket);
    const told = new Map<string, number>();
    await Promise.all(Array.from({ length: callers }, () => call(engine, told)));
    const count = await readAll(engine);
    await engine.close();
    expect(told.size).toBeGreaterThan(2);

    const again = await openEngine({ directory });
    // Files that the last run gave up are being unlinked by now.
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    expect(await readAll(again)).toBe(count);
    expect(again.status().recovered).toEqual({ orphanedFiles: 0, unfinishedFiles: 0 });
    for (const { name: bucket } of again.listBuckets()) {
      const { entries } = again.listVersions({ bucket, limit: 10_000 });
      await again.deleteObjects(entries.map(({ key, versionId }) => ({ bucket, key, versionId })));
      await again.deleteBucket(bucket);
    }
    await expect.poll(async () => await blobNames(directory)).toEqual([]);
    await again.close();
    const index = await openIndex(join(directory, "index"), "durable");
    const left = tableNames.filter((name) => [...index.tables[name].range(everything)].length > 0);
    await index.close();
    expect(left.filter((name) => name !== "completions")).toEqual(["meta"]);
  });
}, 120_000);

test("of many that create a key at once, one wins; a counter guarded by If-Match loses no step", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    const created = await Promise.allSettled(
      Array.from({ length: 20 }, async () =>
        put(engine, "counter", "0", { condition: { ifNoneMatchAny: true } }),
      ),
    );
    expect(created.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    let steps = 0;
    const count = async (): Promise<void> => {
      for (let tries = 0; tries < 10; tries += 1) {
        const record = engine.getObject(testBucket, "counter");
        const value = Number(await textOf(engine, "counter"));
        try {
          await put(engine, "counter", `${value + 1}`, { condition: { ifMatch: record!.etag } });
          steps += 1;
        } catch (error) {
          if (!(error instanceof S3Error) || error.code !== "PreconditionFailed") throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, count));
    expect(steps).toBeGreaterThan(9);
    expect(await textOf(engine, "counter")).toBe(String(steps));
    await engine.close();
  });
});

test("after an answer, every read sees the change; also in the same turn of the event loop", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    // Reads all the time keep an old snapshot open as long as possible.
    let done = false;
    const read = (): void => {
      if (done) return;
      engine.listObjects({ bucket: testBucket, limit: 10 });
      setImmediate(read);
    };
    read();
    for (let value = 0; value < 200; value += 1) {
      await put(engine, "k", `${value}`);
      expect(engine.getObject(testBucket, "k")?.sizeBytes).toBe(`${value}`.length);
      expect(await textOf(engine, "k")).toBe(`${value}`);
      await engine.deleteObject({ bucket: testBucket, key: "k" });
      expect(engine.getObject(testBucket, "k")).toBeUndefined();
      expect(engine.listObjects({ bucket: testBucket, limit: 10 }).entries).toEqual([]);
    }
    done = true;
    await engine.close();
  });
});

test("an object never gets into a deleted bucket, nor an old upload into a new one of its name", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    for (let round = 0; round < 40; round += 1) {
      await createBucket(engine, testBucket);
      const wanted = { bucket: testBucket, key: "k", initiatorArn: "arn", ...plain };
      const old = await engine.createUpload(wanted);
      const results = await Promise.allSettled([
        put(engine, "k", "1"),
        engine.createUpload(wanted),
        engine.deleteBucket(testBucket),
        createBucket(engine, testBucket),
        engine.createUpload(wanted),
        put(engine, "l", "2"),
      ]);
      const deleted = results[2]?.status === "fulfilled";
      const open = engine.listUploads({ bucket: testBucket, limit: 10 }).entries;
      const uploads = open.map(({ uploadId }) => uploadId);
      const objects = engine
        .listObjects({ bucket: testBucket, limit: 10 })
        .entries.map((o) => o.key);
      const made = [results[1], results[4]].flatMap((result) =>
        result?.status === "fulfilled" ? [result.value.uploadId] : [],
      );
      // The first comes before the delete or, when the free space has to be asked for, after it.
      const possible = deleted ? [made, made.slice(-1)] : [[old.uploadId, ...made]];
      expect(possible).toContainEqual(uploads);
      expect(objects).toContain("l");
      await engine.deleteObjects(["k", "l"].map((key) => ({ bucket: testBucket, key })));
      await engine.deleteBucket(testBucket);
    }
    await engine.close();
    const index = await openIndex(join(directory, "index"), "durable");
    const left = tableNames.filter((name) => [...index.tables[name].range(everything)].length > 0);
    await index.close();
    expect(left).toEqual(["meta"]);
  });
});
