import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compareKeys } from "../../core/object-key.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { createDirectoryStore } from "./create-directory-store.ts";

let folder: string;
let store: ObjectStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sms-directory-"));
  store = createDirectoryStore(folder, { flush: false });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (key: string, text = key): Promise<unknown> => store.putObject(key, Buffer.from(text));

async function textOf(key: string): Promise<string> {
  const { body } = await store.getObject(key);
  let text = "";
  for await (const chunk of body) text += Buffer.from(chunk).toString();
  return text;
}

async function keysOf(): Promise<string[]> {
  const { objects } = await store.listObjects();
  return objects.map(({ key }) => key);
}

test("objects are files of their names, and nothing else stands between them", async () => {
  await put("runs/variant=0/table.tsv", "a\tb\n");
  expect(await readFile(join(folder, "runs/variant=0/table.tsv"), "utf8")).toBe("a\tb\n");
  expect((await readdir(folder)).sort()).toEqual([".sms-storage", "runs"]);
  await store.deleteObject("runs/variant=0/table.tsv");
  expect(await readdir(folder)).toEqual([".sms-storage"]);
});

test("a file that somebody else wrote is an object, and one that was changed is another", async () => {
  await mkdir(join(folder, "by-hand"));
  await writeFile(join(folder, "by-hand/a.txt"), "1");
  await store.putObject("kept", Buffer.from("1"), { metadata: { n: "1" } });
  const { etag } = await store.headObject("kept");
  await writeFile(join(folder, "kept"), "changed");
  expect(await keysOf()).toEqual(["by-hand/a.txt", "kept"]);
  const head = await store.headObject("kept");
  expect(head).toMatchObject({ sizeBytes: 7, metadata: {} });
  expect(head.etag).not.toBe(etag);
  expect(head.checksum).toBeUndefined();
  await expect(store.getObject("kept", { ifMatch: etag })).rejects.toMatchObject({
    code: "PreconditionFailed",
  });
});

test("a key stands beside keys below it, whichever came first", async () => {
  for (const key of ["a", "a/b", "c/d", "c", "a/b/e"]) await put(key);
  expect(await keysOf()).toEqual(["a", "a/b", "a/b/e", "c", "c/d"]);
  for (const key of await keysOf()) expect(await textOf(key)).toBe(key);
  await store.deleteObject("a/b/e");
  await store.deleteObject("a/b");
  await put("a", "again");
  expect(await textOf("a")).toBe("again");
  expect(await keysOf()).toEqual(["a", "c", "c/d"]);
});

test("links lead nowhere", async () => {
  await writeFile(join(folder, "..", "outside.txt"), "secret");
  await symlink(join(folder, ".."), join(folder, "up"));
  await symlink(join(folder, "..", "outside.txt"), join(folder, "file"));
  expect(await keysOf()).toEqual([]);
  for (const key of ["up/outside.txt", "file"]) {
    const refused = { code: "InvalidArgument", message: expect.stringContaining("is a link") };
    await expect(store.getObject(key)).rejects.toMatchObject(refused);
    await expect(put(key)).rejects.toMatchObject(refused);
    await expect(store.deleteObject(key)).rejects.toMatchObject(refused);
  }
  rmSync(join(folder, "..", "outside.txt"));
});

test("what is replaced while it is read is not mixed up", async () => {
  await put("k", "before");
  const { body } = await store.getObject("k");
  await put("k", "behind");
  const read = (async () => {
    for await (const _ of body) continue;
  })();
  await expect(read).rejects.toMatchObject({ code: "Unavailable", retryable: true });
});

test("another process goes on with an upload, and with the folder", async () => {
  const key = "large";
  const uploadId = await store.createMultipartUpload(key, { metadata: { run: "7" } });
  const part = { key, uploadId, partNumber: 1 };
  const uploaded = await store.uploadPart(part, Buffer.from("part"));
  const other = createDirectoryStore(folder, { flush: false });
  expect((await other.listMultipartUploads()).uploads).toMatchObject([{ key, uploadId }]);
  expect((await other.listParts({ key, uploadId })).parts).toEqual([uploaded]);
  await other.completeMultipartUpload({ key, uploadId }, [uploaded]);
  expect(await store.headObject(key)).toMatchObject({ metadata: { run: "7" }, sizeBytes: 4 });
  expect(await readdir(join(folder, ".sms-storage/uploads"))).toEqual([]);
});

test("of two processes that create a key, one does", async () => {
  const other = createDirectoryStore(folder, { flush: false });
  for (let round = 0; round < 20; round += 1) {
    const writers = [store, other].map((writer, index) =>
      writer.putObject(`k${round}`, Buffer.from(`${index}`), { ifAbsent: true }),
    );
    const results = await Promise.allSettled(writers);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const winner = results.findIndex(({ status }) => status === "fulfilled");
    expect(await textOf(`k${round}`)).toBe(`${winner}`);
    const { etag } = await store.headObject(`k${round}`);
    expect(results[winner]).toMatchObject({ value: { etag } });
  }
});

test("what a writer left that died is taken away after a day, and never an object", async () => {
  const staging = join(folder, ".sms-storage/staging");
  await mkdir(staging);
  await writeFile(join(staging, "old"), "");
  await writeFile(join(staging, "new"), "");
  const yesterday = Date.now() / 1000 - 25 * 3600;
  await utimes(join(staging, "old"), yesterday, yesterday);
  await put("k");
  expect(await readdir(staging)).toEqual(["new"]);
  expect(await keysOf()).toEqual(["k"]);
});

test("a folder that cannot be one is told, and names are no places of ours", async () => {
  await writeFile(join(folder, "file"), "");
  expect(() => createDirectoryStore(join(folder, "file"))).toThrow(/cannot be a store/);
  await put(".sms-storage/facts/x");
  expect(await keysOf()).toEqual([".sms-storage/facts/x", "file"]);
  execFileSync("sh", ["-c", `mkfifo "${join(folder, "pipe")}"`]);
  expect(await keysOf()).toEqual([".sms-storage/facts/x", "file"]);
  await expect(store.getObject("pipe")).rejects.toMatchObject({ code: "NotFound" });
});

test("listings are in S3's order for any keys", async () => {
  const unit = fc.constantFrom("a", "/", "-", "0", "é", "\uffff", "😀", "Z", "%");
  const anyKey = fc
    .string({ unit, minLength: 1, maxLength: 8 })
    .chain((text) =>
      fc.constantFrom(text, `${"x".repeat(195)}${text}`, `${"é".repeat(97)}${text}`),
    );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(anyKey, { maxLength: 12 }), fc.nat(), async (keys, place) => {
      const own = mkdtempSync(join(tmpdir(), "sms-order-"));
      store = createDirectoryStore(own, { flush: false });
      try {
        for (const key of keys) await put(key);
        const ordered = keys.toSorted(compareKeys);
        expect(await keysOf()).toEqual(ordered);
        const startAfter = keys[place % Math.max(keys.length, 1)] ?? "x";
        const { objects } = await store.listObjects({ startAfter });
        expect(objects.map(({ key }) => key)).toEqual(
          ordered.filter((key) => compareKeys(key, startAfter) > 0),
        );
      } finally {
        rmSync(own, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
});
