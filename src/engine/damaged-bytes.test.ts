import { open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blockBytes } from "./block-sums.ts";
import type { Engine, ObjectRecord } from "./engine.ts";
import { fsck } from "./fsck.ts";
import { openIndex } from "./index-store.ts";
import { openEngine } from "./open-engine.ts";
import { everything } from "./index-keys.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  bytesOf,
  createBucket,
  patternBytes,
  plain,
  put,
} from "./testing-fixtures/engine-calls.ts";

const size = 5 * blockBytes + 1000;
const bytes = patternBytes(size);
const damaged = expect.objectContaining({
  code: "InternalError",
  message: expect.stringMatching(/The file [0-9a-f]{32} of an object is (damaged|shorter)/),
});

interface Stored {
  readonly engine: Engine;
  readonly directory: string;
  readonly record: ObjectRecord;
  readonly path: string;
}

/** An engine with one large object, whose file a test harms. */
async function withLarge(run: (stored: Stored) => Promise<void>): Promise<void> {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    const record = await put(engine, "large", bytes);
    const [name = ""] = await blobNames(directory);
    const path = join(directory, "blobs", name.slice(0, 2), name);
    await run({ engine, directory, record, path });
    await engine.close();
  });
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.from([byte.readUInt8() ^ 4]), 0, 1, at);
  await file.close();
}

/**
 * A file as versions before wrote it: its bytes as they are, and no checksums of its blocks.
 *
 * @param md5 Of the file, in the index; empty where a repair has made its row.
 */
async function withOld(run: (stored: Stored) => Promise<void>, md5?: string): Promise<void> {
  await withLarge(async ({ engine, directory, path }) => {
    await engine.close();
    await writeFile(path, bytes);
    const index = await openIndex(join(directory, "index"), "durable");
    await index.transact(({ tables }) => {
      for (const { key } of Array.from(tables.sums.range(everything))) tables.sums.remove(key);
      for (const { key, row } of Array.from(tables.blobs.range(everything))) {
        const { sealed: _sealed, ...old } = row;
        tables.blobs.put(key, { ...old, ...(md5 !== undefined && { md5 }) });
      }
      for (const { key, row } of Array.from(tables.current.range(everything))) {
        const [id = "", offset = 0, length = 0] = row.content?.slice ?? [];
        const slice = [id, offset, length] as const;
        tables.current.put(key, { ...row, content: { ...row.content, slice } });
      }
    });
    await index.close();
    const again = await openEngine({ directory });
    await run({ engine: again, directory, path, record: again.getObject(testBucket, "large")! });
    await again.close();
  });
}

describe("a damaged file of a large object", () => {
  test.each([0, 1000, blockBytes - 1, 4 * blockBytes, size - 1])(
    "with byte %i turned: no read delivers it, and all others go on",
    async (at) => {
      await withLarge(async ({ engine, record, path }) => {
        await flip(path, at);
        const got: Uint8Array[] = [];
        const reading = async (): Promise<void> => {
          for await (const chunk of engine.read(record)) got.push(chunk);
        };
        await expect(reading()).rejects.toEqual(damaged);
        const before = Buffer.concat(got);
        expect(before.equals(bytes.subarray(0, before.length))).toBe(true);
        expect(before.length).toBeLessThanOrEqual(at);
        const block = Math.floor(at / blockBytes);
        for (let other = 0; other * blockBytes < size; other += 1) {
          const first = other * blockBytes + 10;
          const range = { first, last: Math.min(first + 50, size - 1) };
          const part = bytesOf(engine, record, range);
          const expected = bytes.subarray(range.first, range.last + 1);
          const outcome = await part.then(
            (read) => (read.equals(expected) ? "right" : "wrong"),
            () => "refused",
          );
          expect([other, outcome]).toEqual([other, other === block ? "refused" : "right"]);
        }
      });
    },
  );

  test.each([
    ["cut off", async (path: string) => await truncate(path, size - 1)],
    ["cut off at a block", async (path: string) => await truncate(path, blockBytes)],
    ["empty", async (path: string) => await truncate(path, 0)],
    [
      "with two blocks exchanged",
      async (path: string) => {
        const [a, b, rest] = [0, blockBytes, 2 * blockBytes];
        await writeFile(
          path,
          Buffer.concat([bytes.subarray(b, rest), bytes.subarray(a, b), bytes.subarray(rest)]),
        );
      },
    ],
  ])("%s", async (_how, harm) => {
    await withLarge(async ({ engine, record, path }) => {
      await harm(path);
      await expect(bytesOf(engine, record)).rejects.toEqual(damaged);
    });
  });

  test("a copy that reads it fails; one that shares it does not read better", async () => {
    await withLarge(async ({ engine, record, path }) => {
      await flip(path, 100_000);
      const upload = await engine.createUpload({
        bucket: testBucket,
        key: "parts",
        initiatorArn: "arn",
        checksum: { algorithm: "SHA256", type: "COMPOSITE" },
        ...plain,
      });
      const part = { bucket: testBucket, key: "parts", uploadId: upload.uploadId, partNumber: 1 };
      await expect(engine.copyPart(part, record)).rejects.toEqual(damaged);
      const copy = await engine.copyObject(record, { bucket: testBucket, key: "copy", ...plain });
      await expect(bytesOf(engine, copy)).rejects.toEqual(damaged);
    });
  });

  test("that is gone: an error for reads, looks and copies, never an absence", async () => {
    await withLarge(async ({ engine, record, path }) => {
      await rm(path);
      const failed = expect.objectContaining({
        code: "InternalError",
        message: expect.stringMatching(/the file [0-9a-f]{32} of an object \(ENOENT\)/),
      });
      await expect(bytesOf(engine, record)).rejects.toEqual(failed);
      await expect(engine.assertPresent(record)).rejects.toEqual(failed);
      const input = { bucket: testBucket, key: "copy", ...plain };
      await expect(engine.copyObject(record, input)).rejects.toEqual(failed);
      expect(engine.getObject(testBucket, "copy")).toBeUndefined();
    });
  });
});

test("rows of bytes that are gone are an error too; of a deleted object they are an absence", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    await put(engine, "lost", "small");
    const deleted = await put(engine, "deleted", "small");
    await engine.deleteObject({ bucket: testBucket, key: "deleted" });
    expect(() => engine.read(deleted)).toThrow(expect.objectContaining({ code: "NoSuchKey" }));
    await engine.close();
    const index = await openIndex(join(directory, "index"), "durable");
    await index.transact(({ tables }) => {
      for (const { key } of Array.from(tables.inline.range(everything))) tables.inline.remove(key);
    });
    await index.close();
    const again = await openEngine({ directory });
    const record = again.getObject(testBucket, "lost")!;
    expect(() => again.read(record)).toThrow(expect.objectContaining({ code: "InternalError" }));
    await expect(again.assertPresent(record)).rejects.toMatchObject({ code: "InternalError" });
    await again.close();
  });
});

describe("a scrub", () => {
  test("finds what is damaged, and nothing else", async () => {
    await withLarge(async ({ engine, directory, path }) => {
      await put(engine, "sound", patternBytes(300_000, 2));
      await put(engine, "small", "s");
      expect(await engine.scrub()).toEqual({
        files: 2,
        bytes: size + 300_000,
        damagedFiles: 0,
        newlySummed: 0,
      });
      await flip(path, size - 1);
      const found: string[] = [];
      const report = await engine.scrub({ onDamage: ({ file }) => found.push(file) });
      expect(report).toMatchObject({ files: 2, damagedFiles: 1 });
      expect(path.endsWith(found.join())).toBe(true);
      await engine.close();
      expect(await fsck(directory, { repair: false, bytes: true })).toMatchObject({
        sound: false,
        bytes: { files: 2, damagedFiles: 1 },
        store: { incomplete: [{ key: "large", why: expect.stringContaining("checksum") }] },
      });
    });
  });

  test("ends at once when it is to, however slow it is", async () => {
    await withLarge(async ({ engine }) => {
      const stop = new AbortController();
      const running = engine.scrub({ bytesPerSecond: 1, signal: stop.signal });
      await new Promise((resolve) => setTimeout(resolve, 50));
      stop.abort();
      expect(await running).toMatchObject({ files: 0 });
    });
  });
});

describe("a file of an earlier version, without checksums of its blocks", () => {
  test("is read, and by its MD5 no read to its end delivers all of wrong bytes", async () => {
    await withOld(async ({ engine, record, path }) => {
      expect((await bytesOf(engine, record)).equals(bytes)).toBe(true);
      await flip(path, 5);
      await expect(bytesOf(engine, record)).rejects.toEqual(damaged);
      expect(await engine.scrub()).toMatchObject({ damagedFiles: 1, newlySummed: 0 });
    });
  });

  test("gets none where there is no MD5 either: damage would be summed", async () => {
    await withOld(async ({ engine, path }) => {
      await flip(path, 5);
      expect(await engine.scrub()).toMatchObject({ files: 1, damagedFiles: 0, newlySummed: 0 });
    }, "");
  });

  test("has them after a scrub", async () => {
    await withOld(async ({ engine, record, path }) => {
      expect(await engine.scrub()).toMatchObject({ damagedFiles: 0, newlySummed: 1 });
      expect(await engine.scrub()).toMatchObject({ newlySummed: 0 });
      const file = await readFile(path);
      expect(file.equals(bytes)).toBe(true);
      await flip(path, 5);
      await expect(bytesOf(engine, record, { first: 0, last: 3 })).rejects.toEqual(damaged);
    });
  });
});
