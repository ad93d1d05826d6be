import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { serverLimits } from "../core/limits.ts";
import { beginSeal, decrypt, ObjectKeys } from "./at-rest.ts";
import type { Engine } from "./engine.ts";
import type { ObjectEncryption } from "./object-encryption.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  createBucket,
  patternBytes,
  plain,
  sourceOf,
  testBucket,
  withEngine,
} from "./testing-fixtures/engine-calls.ts";

const dataKey = Buffer.alloc(32, 7);
const otherKey = Buffer.alloc(32, 8);
const kms: ObjectEncryption = { algorithm: "aws:kms", kmsKeyId: "arn:aws:kms:::key/1" };
const large = patternBytes(300_000);
const small = patternBytes(500);

async function put(engine: Engine, key: string, bytes: Buffer, own?: Buffer) {
  const staged = await engine.stage(sourceOf(bytes), { ...(own && { dataKey: own }) });
  const encryption = own === undefined ? plain.encryption : kms;
  return await engine.putObject({ ...plain, bucket: testBucket, key, staged, encryption });
}

async function read(engine: Engine, key: string, own?: Buffer, range?: [number, number]) {
  const record = engine.getObject(testBucket, key);
  if (record === undefined) throw new Error("It is not there.");
  const chunks: Uint8Array[] = [];
  const cut = range && { first: range[0], last: range[1] };
  for await (const chunk of engine.read(record, cut, own)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each([
  ["in the index", small],
  ["in a file", large],
])("an object %s", (_where, bytes) => {
  test("is read back, whole and in part", async () => {
    await withEngine(async (engine) => {
      await put(engine, "a", bytes);
      await put(engine, "b", bytes, dataKey);
      for (const [key, own] of [
        ["a", undefined],
        ["b", dataKey],
      ] as const) {
        expect((await read(engine, key, own)).equals(bytes)).toBe(true);
        const part = await read(engine, key, own, [100, bytes.length - 100]);
        expect(part.equals(bytes.subarray(100, bytes.length - 99))).toBe(true);
      }
    });
  });

  test("with a data key is read with that key alone", async () => {
    await withEngine(async (engine) => {
      await put(engine, "a", bytes, dataKey);
      await expect(read(engine, "a")).rejects.toMatchObject({ code: "AccessDenied" });
      await expect(read(engine, "a", otherKey)).rejects.toMatchObject({ code: "InternalError" });
    });
  });

  test.each([
    ["from the store's key to the store's", undefined, undefined],
    ["from the store's key to its own", undefined, dataKey],
    ["from its own key to the store's", dataKey, undefined],
    ["from one key to another", dataKey, otherKey],
  ])("is copied %s", async (_title, source, target) => {
    await withEngine(async (engine) => {
      const record = await put(engine, "a", bytes, source);
      const keys = { ...(source && { source }), ...(target && { target }) };
      const encryption = target === undefined ? plain.encryption : kms;
      const input = { ...plain, bucket: testBucket, key: "b", encryption };
      const copied = await engine.copyObject(record, input, keys);
      expect(copied.etag).toBe(record.etag);
      await engine.deleteObject({ bucket: testBucket, key: "a" });
      expect((await read(engine, "b", target)).equals(bytes)).toBe(true);
      const address = { bucket: testBucket, key: "c" };
      const upload = await engine.createUpload({ ...plain, ...address, initiatorArn: "me" });
      const { uploadId } = upload;
      const part = await engine.copyPart(
        { ...address, uploadId, partNumber: 1 },
        copied,
        { first: 10, last: bytes.length - 1 },
        { ...(target && { source: target }), ...(source && { target: source }) },
      );
      const parts = [{ partNumber: 1, etag: part.etag }];
      await engine.completeUpload({ ...address, uploadId, parts });
      expect((await read(engine, "c", source)).equals(bytes.subarray(10))).toBe(true);
    });
  });
});

async function* allFiles(directory: string): AsyncIterable<Buffer> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) yield await readFile(join(entry.parentPath, entry.name));
  }
}

test("nothing of the bytes stands on the disk, in no file of the data folder", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    const secret = "a secret that stands nowhere";
    for (const own of [undefined, dataKey]) {
      const name = own === undefined ? "s" : "o";
      await put(engine, `${name}1`, Buffer.from(secret), own);
      const padding = Buffer.alloc(serverLimits.inlineBytes * 10, " ");
      await put(engine, `${name}2`, Buffer.concat([padding, Buffer.from(secret)]), own);
    }
    await engine.close();
    expect(await blobNames(directory)).toHaveLength(2);
    for await (const bytes of allFiles(directory)) expect(bytes.includes(secret)).toBe(false);
  });
});

test("equal bytes do not look equal", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    await put(engine, "a", large, dataKey);
    await put(engine, "b", large, dataKey);
    await engine.close();
    const [a = "", b = ""] = await blobNames(directory);
    const [one, other] = await Promise.all(
      [a, b].map(async (name) => await readFile(join(directory, "blobs", name.slice(0, 2), name))),
    );
    expect(one).toHaveLength(large.length);
    expect(one?.equals(other ?? large)).toBe(false);
  });
});

test("neither equal blocks of a file nor equal small objects look equal", async () => {
  const key = Buffer.alloc(32, 1);
  const blocks = [0, 1].map((block) => beginSeal(key, block).update(small));
  expect(blocks[0]?.equals(blocks[1] ?? small)).toBe(false);
  const keys = new ObjectKeys(key);
  const [one, other] = [keys.seal(small), keys.seal(small)];
  expect(one.subarray(16, -16).equals(other.subarray(16, -16))).toBe(false);
});

test("a block is opened with its whole tag, in its place and with its key alone", () => {
  const key = Buffer.alloc(32, 1);
  const seal = beginSeal(key, 130);
  const sealed = seal.update(small);
  seal.final();
  const tag = seal.getAuthTag();
  expect(decrypt(key, 130, sealed, tag)?.equals(small)).toBe(true);
  expect(decrypt(key, 2, sealed, tag)).toBeUndefined();
  expect(decrypt(Buffer.alloc(32, 2), 130, sealed, tag)).toBeUndefined();
  for (const length of [0, 4, 12, 15]) {
    expect(decrypt(key, 130, sealed, tag.subarray(0, length))).toBeUndefined();
  }
});

test.each([
  ["the store's key", undefined],
  ["its own key", dataKey],
])("damage of a file under %s is noticed, with the key and without", async (_title, own) => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    await put(engine, "a", large, own);
    expect(await engine.scrub()).toMatchObject({ files: 1, damagedFiles: 0 });
    const [name = ""] = await blobNames(directory);
    const path = join(directory, "blobs", name.slice(0, 2), name);
    const bytes = await readFile(path);
    bytes[150_000] = (bytes[150_000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(await engine.scrub()).toMatchObject({ files: 1, damagedFiles: 1 });
    await expect(read(engine, "a", own)).rejects.toMatchObject({
      message: expect.stringContaining("its bytes 131072 to 196607 fail their checksum"),
    });
    await engine.close();
  });
});

function fileOf(directory: string): string {
  return join(directory, "keys", "master-key.json");
}

describe("the master key", () => {
  test("is made once, for its owner alone, and kept", async () => {
    await withDirectory(async (directory) => {
      const first = await openEngine({ directory });
      await createBucket(first, testBucket);
      await put(first, "a", small);
      await first.close();
      expect((await stat(fileOf(directory))).mode & 0o777).toBe(0o600);
      expect((await stat(join(directory, "keys"))).mode & 0o777).toBe(0o700);
      const second = await openEngine({ directory });
      expect((await read(second, "a")).equals(small)).toBe(true);
      await second.close();
    });
  });

  test("can be kept apart from the data", async () => {
    await withDirectory(async (directory) => {
      const options = {
        directory: join(directory, "data"),
        masterKeyFile: join(directory, "far", "key"),
      };
      const first = await openEngine(options);
      await first.close();
      expect((await stat(options.masterKeyFile)).mode & 0o777).toBe(0o600);
      const { directory: data } = options;
      await expect(openEngine({ directory: data })).rejects.toThrow(/is missing/);
      await (await openEngine(options)).close();
    });
  });

  test.each([
    [
      "missing",
      async (path: string) => await rm(path),
      /The master key of the store, .* is missing/,
    ],
    ["garbled", async (path: string) => await writeFile(path, "{}"), /is no master key/],
    [
      "another store's",
      async (path: string) => {
        const masterKey = Buffer.alloc(32, 1).toString("base64");
        await writeFile(path, JSON.stringify({ masterKey }));
      },
      /is the master key of another store/,
    ],
  ])("that is %s is told, and nothing is opened", async (_title, harm, message) => {
    await withDirectory(async (directory) => {
      await (await openEngine({ directory })).close();
      const kept = await readFile(fileOf(directory), "utf8");
      await harm(fileOf(directory));
      await expect(openEngine({ directory })).rejects.toThrow(message);
      await writeFile(fileOf(directory), kept);
      await (await openEngine({ directory })).close();
    });
  });
});
