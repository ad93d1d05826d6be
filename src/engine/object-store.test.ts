import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { mib, serverLimits } from "../core/limits.ts";
import {
  testBucket,
  brokenSource,
  bytesOf,
  createBucket,
  patternBytes,
  plain,
  put,
  setVersioning,
  sourceOf,
  textOf,
  withEngine,
} from "./testing-fixtures/engine-calls.ts";

const inline = serverLimits.inlineBytes;
const chunk = serverLimits.readChunkBytes;

test.each([0, 1, inline, inline + 1, chunk, chunk + 1, 3 * chunk + 7])(
  "%i bytes come back as they were put",
  async (size) => {
    await withEngine(async (engine) => {
      const bytes = patternBytes(size);
      const done = await put(engine, "k", bytes, {
        metadata: { a: "ü" },
        headers: { "content-type": "text/plain", "cache-control": "no-store" },
        tags: [{ Key: "t", Value: "v" }],
        storageClass: "STANDARD_IA",
        encryption: { algorithm: "aws:kms", kmsKeyId: "arn:key", bucketKeyEnabled: true },
        checksum: { algorithm: "CRC32", type: "FULL_OBJECT", value: "AAAAAA==" },
      });
      const found = engine.getObject(testBucket, "k")!;
      expect(found).toEqual(done);
      expect(found).toMatchObject({
        versionId: "null",
        sizeBytes: size,
        etag: createHash("md5").update(bytes).digest("hex"),
        metadata: { a: "ü" },
        storageClass: "STANDARD_IA",
        checksum: { algorithm: "CRC32", type: "FULL_OBJECT", value: "AAAAAA==" },
      });
      expect((await bytesOf(engine, found)).equals(bytes)).toBe(true);
    });
  },
);

test("ranges of small and large objects", async () => {
  await withEngine(async (engine) => {
    for (const size of [1000, 3 * chunk]) {
      const bytes = patternBytes(size);
      const record = await put(engine, "k", bytes);
      for (const [first, last] of [
        [0, 0],
        [size - 1, size - 1],
        [10, 500],
        [0, size - 1],
        [999, size - 1],
      ] as const) {
        const part = await bytesOf(engine, record, { first, last });
        expect(part.equals(bytes.subarray(first, last + 1))).toBe(true);
      }
    }
  });
});

test("checksums asked for are computed while staging", async () => {
  await withEngine(async (engine) => {
    // Check values of the CRC catalogue for "123456789".
    const staged = await engine.stage(sourceOf("123456789", 2), {
      checksums: ["CRC32", "CRC32C", "CRC64NVME"],
    });
    expect(staged).toMatchObject({
      sizeBytes: 9,
      md5: "25f9e794323b453885f5181f1b624d0b",
      checksums: { CRC32: "y/Q5Jg==", CRC32C: "4waSgw==", CRC64NVME: "rosUhgp5mIg=" },
    });
    await staged.discard();
  });
});

test("a source that breaks off leaves nothing, and its error comes through", async () => {
  await withEngine(async (engine) => {
    await expect(engine.stage(brokenSource())).rejects.toThrow("connection lost");
    expect(engine.listObjects({ bucket: testBucket, limit: 1 }).entries).toEqual([]);
  });
});

describe("conditions", () => {
  test("create only and replace only", async () => {
    await withEngine(async (engine) => {
      const missing = put(engine, "k", "1", { condition: { ifMatch: "x" } });
      await expect(missing).rejects.toMatchObject({ code: "NoSuchKey", status: 404 });
      const { etag } = await put(engine, "k", "1", { condition: { ifNoneMatchAny: true } });
      const exists = put(engine, "k", "2", { condition: { ifNoneMatchAny: true } });
      await expect(exists).rejects.toMatchObject({
        code: "PreconditionFailed",
        extra: { Condition: "If-None-Match" },
      });
      const other = put(engine, "k", "2", { condition: { ifMatch: "x" } });
      await expect(other).rejects.toMatchObject({
        code: "PreconditionFailed",
        extra: { Condition: "If-Match" },
      });
      expect(await textOf(engine, "k")).toBe("1");
      await put(engine, "k", "2", { condition: { ifMatch: `"${etag}"` } });
      expect(await textOf(engine, "k")).toBe("2");
    });
  });

  test("a delete marker counts as no object", async () => {
    await withEngine(
      async (engine) => {
        await put(engine, "k", "1");
        await engine.deleteObject({ bucket: testBucket, key: "k" });
        await put(engine, "k", "2", { condition: { ifNoneMatchAny: true } });
        expect(await textOf(engine, "k")).toBe("2");
      },
      { versioning: "Enabled" },
    );
  });

  test("of a hundred that create the same key at once, one wins", async () => {
    await withEngine(async (engine) => {
      const results = await Promise.allSettled(
        Array.from(
          { length: 100 },
          async (_one, at) =>
            await put(engine, "k", `${at}`, { condition: { ifNoneMatchAny: true } }),
        ),
      );
      const winners = results.flatMap((result, at) => (result.status === "fulfilled" ? [at] : []));
      expect(winners).toHaveLength(1);
      expect(await textOf(engine, "k")).toBe(`${winners[0]}`);
      const losers = results.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      expect(new Set(losers.map((error: { code: string }) => error.code))).toEqual(
        new Set(["PreconditionFailed"]),
      );
    });
  });

  test("compare-and-swap by ETag loses no increment", async () => {
    await withEngine(async (engine) => {
      await put(engine, "counter", "0");
      const increment = async (): Promise<void> => {
        for (;;) {
          const record = engine.getObject(testBucket, "counter")!;
          const value = Number((await bytesOf(engine, record)).toString());
          const swap = put(engine, "counter", `${value + 1}`, {
            condition: { ifMatch: record.etag },
          });
          if (
            await swap.then(
              () => true,
              () => false,
            )
          )
            return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      expect(await textOf(engine, "counter")).toBe("20");
    });
  });

  test("a conditional delete", async () => {
    await withEngine(async (engine) => {
      const { etag } = await put(engine, "k");
      const wrong = engine.deleteObject({ bucket: testBucket, key: "k", ifMatch: "x" });
      await expect(wrong).rejects.toMatchObject({ code: "PreconditionFailed" });
      await engine.deleteObject({ bucket: testBucket, key: "k", ifMatch: etag });
      expect(engine.getObject(testBucket, "k")).toBeUndefined();
      await engine.deleteObject({ bucket: testBucket, key: "k", ifMatch: "x" });
    });
  });
});

describe("copies", () => {
  test.each([100, 2 * mib])("share %i bytes and outlive the source", async (size) => {
    await withEngine(async (engine) => {
      const bytes = patternBytes(size);
      const source = await put(engine, "source", bytes);
      const copy = await engine.copyObject(source, {
        bucket: testBucket,
        key: "copy",
        ...plain,
        metadata: { b: "2" },
      });
      expect(copy).toMatchObject({ etag: source.etag, metadata: { b: "2" }, sizeBytes: size });
      await engine.deleteObject({ bucket: testBucket, key: "source" });
      expect((await bytesOf(engine, copy)).equals(bytes)).toBe(true);
      const second = await engine.copyObject(copy, { bucket: testBucket, key: "second", ...plain });
      await engine.deleteObject({ bucket: testBucket, key: "copy" });
      expect((await bytesOf(engine, second)).equals(bytes)).toBe(true);
    });
  });

  test("onto itself, with other metadata", async () => {
    await withEngine(async (engine) => {
      const bytes = patternBytes(mib);
      const source = await put(engine, "k", bytes);
      for (const n of ["1", "2", "3"]) {
        const latest = engine.getObject(testBucket, "k")!;
        await engine.copyObject(latest, {
          bucket: testBucket,
          key: "k",
          ...plain,
          metadata: { n },
        });
      }
      const found = engine.getObject(testBucket, "k")!;
      expect(found).toMatchObject({ metadata: { n: "3" }, etag: source.etag });
      expect((await bytesOf(engine, found)).equals(bytes)).toBe(true);
    });
  });

  test("of an object overwritten while the copy is under way", async () => {
    await withEngine(async (engine) => {
      const bytes = patternBytes(mib);
      const source = await put(engine, "k", bytes, { etag: "opaque" });
      const copying = engine.copyObject(source, { bucket: testBucket, key: "copy", ...plain });
      await put(engine, "k", "new");
      const copy = await copying;
      expect((await bytesOf(engine, copy)).equals(bytes)).toBe(true);
    });
  });

  test("of an object that is gone are refused", async () => {
    await withEngine(async (engine) => {
      const source = await put(engine, "k", patternBytes(100));
      await engine.deleteObject({ bucket: testBucket, key: "k" });
      const copy = engine.copyObject(source, { bucket: testBucket, key: "copy", ...plain });
      await expect(copy).rejects.toMatchObject({ code: "NoSuchKey" });
    });
  });
});

describe("reading while the object is deleted", () => {
  test.each([100, 2 * mib])("gives all %i bytes", async (size) => {
    await withEngine(async (engine) => {
      const bytes = patternBytes(size);
      const record = await put(engine, "k", bytes);
      const iterator = engine.read(record)[Symbol.asyncIterator]();
      await engine.deleteObject({ bucket: testBucket, key: "k" });
      await put(engine, "k", "new");
      const chunks: Uint8Array[] = [];
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        chunks.push(next.value);
      }
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
      expect(() => engine.read(record)).toThrow(expect.objectContaining({ code: "NoSuchKey" }));
    });
  });
});

test("many deletes in one call, failures as values in input order", async () => {
  await withEngine(async (engine) => {
    await put(engine, "a");
    await put(engine, "b");
    const outcomes = await engine.deleteObjects([
      { bucket: testBucket, key: "a" },
      { bucket: testBucket, key: "missing" },
      { bucket: testBucket, key: "b", ifMatch: "x" },
      { bucket: testBucket, key: "b", versionId: "bad id" },
    ]);
    expect(outcomes).toMatchObject([
      { deleteMarker: false },
      { deleteMarker: false },
      { code: "PreconditionFailed" },
      { code: "InvalidArgument" },
    ]);
    const left = engine.listObjects({ bucket: testBucket, limit: 10 }).entries;
    expect(left.map((entry) => entry.key)).toEqual(["b"]);
  });
});

test("tags belong to one version and make no new one", async () => {
  await withEngine(async (engine) => {
    await setVersioning(engine, "Enabled");
    const first = await put(engine, "k", "1");
    const second = await put(engine, "k", "2");
    const address = { bucket: testBucket, key: "k" };
    const tags = [{ Key: "a", Value: "b" }];
    await engine.setObjectTags({ ...address, versionId: first.versionId }, tags);
    expect(engine.getObject(testBucket, "k", first.versionId)).toEqual({ ...first, tags });
    expect(engine.getObject(testBucket, "k")).toEqual(second);
    await engine.setObjectTags(address, tags);
    expect(engine.getObject(testBucket, "k")).toEqual({ ...second, tags });
    await engine.setObjectTags(address, []);
    expect(engine.getObject(testBucket, "k")).toEqual(second);
    const absent = engine.setObjectTags({ bucket: testBucket, key: "x" }, tags);
    await expect(absent).rejects.toMatchObject({ code: "NoSuchKey" });
    const marker = await engine.deleteObject(address);
    const latest = engine.setObjectTags(address, tags);
    await expect(latest).rejects.toMatchObject({ code: "NoSuchKey" });
    const byId = engine.setObjectTags({ ...address, versionId: marker.versionId! }, tags);
    await expect(byId).rejects.toMatchObject({ code: "MethodNotAllowed", status: 405 });
  });
});

describe("buckets", () => {
  test("are created once, listed by name, found, changed and deleted when empty", async () => {
    await withEngine(async (engine) => {
      await expect(createBucket(engine, testBucket)).rejects.toMatchObject({
        code: "BucketAlreadyOwnedByYou",
        status: 409,
        extra: { BucketName: testBucket },
      });
      const foreign = engine.createBucket({ name: testBucket, region: "r", ownerAccountId: "2" });
      await expect(foreign).rejects.toMatchObject({ code: "BucketAlreadyExists" });
      for (const name of ["b3", "a1", "b1", "b2"]) await createBucket(engine, name);
      const names = engine.listBuckets({ prefix: "b", after: "b1", limit: 3 });
      expect(names.map((bucket) => bucket.name)).toEqual(["b2", "b3", testBucket].toSorted());
      expect(engine.status().buckets).toBe(5);
      await put(engine, "k");
      await expect(engine.deleteBucket(testBucket)).rejects.toMatchObject({
        code: "BucketNotEmpty",
      });
      await engine.deleteObject({ bucket: testBucket, key: "k" });
      await engine.deleteBucket(testBucket);
      await expect(engine.deleteBucket(testBucket)).rejects.toMatchObject({ code: "NoSuchBucket" });
      expect(engine.getBucket(testBucket)).toBeUndefined();
      await expect(put(engine, "k")).rejects.toMatchObject({ code: "NoSuchBucket" });
    });
  });

  test("with a delete marker alone are not empty", async () => {
    await withEngine(
      async (engine) => {
        const marker = await engine.deleteObject({ bucket: testBucket, key: "k" });
        await expect(engine.deleteBucket(testBucket)).rejects.toMatchObject({
          code: "BucketNotEmpty",
        });
        await engine.deleteObject({ bucket: testBucket, key: "k", versionId: marker.versionId! });
        await engine.deleteBucket(testBucket);
      },
      { versioning: "Enabled" },
    );
  });

  test("of two hundred changes at once, none is lost", async () => {
    await withEngine(async (engine) => {
      await Promise.all(
        Array.from(
          { length: 200 },
          async (_one, at) =>
            await engine.updateBucketSettings(testBucket, (settings) => ({
              ...settings,
              tags: [...(settings.tags ?? []), { Key: `${at}`, Value: "" }],
            })),
        ),
      );
      expect(engine.getBucket(testBucket)?.settings.tags).toHaveLength(200);
    });
  });
});
