import { closeSync, openSync } from "node:fs";
import { cp, open, readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mib } from "../core/limits.ts";
import { readHead } from "./index-pages.ts";
import { openEngine } from "./open-engine.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  bytesOf,
  createBucket,
  patternBytes,
  put,
} from "./testing-fixtures/engine-calls.ts";

const keyCount = 400;
const lmdbPageBytes = 8192;

/** A store whose trees have several levels, and values with pages of their own. */
async function fill(directory: string): Promise<void> {
  const engine = await openEngine({ directory });
  await createBucket(engine, testBucket);
  const keys = Array.from({ length: keyCount }, (_one, at) => `${"key ".repeat(100)}${at}`);
  await Promise.all(
    keys.map(
      async (key, at) => await put(engine, key, patternBytes(at % 5 === 0 ? 15_000 : 300, at)),
    ),
  );
  await engine.close();
}

test("an index that was cut off anywhere is refused; mapping it would end the process", async () => {
  await withDirectory(async (root) => {
    const whole = join(root, "whole");
    await fill(whole);
    const { size } = await stat(join(whole, "index", "data.mdb"));
    const file = openSync(join(whole, "index", "data.mdb"), "r");
    expect(readHead(file)).toMatchObject({ pageBytes: lmdbPageBytes });
    closeSync(file);

    const pages = size / lmdbPageBytes;
    expect(pages).toBeGreaterThan(100);
    const cuts = [1, 2, 3, 10, 50, pages / 2, pages - 3, pages - 1].map(
      (gone) => size - Math.floor(gone) * lmdbPageBytes,
    );
    for (const cut of [size - 1, ...cuts, 4096, 100]) {
      const directory = join(root, `cut ${cut}`);
      await cp(whole, directory, { recursive: true });
      await truncate(join(directory, "index", "data.mdb"), cut);
      await expect(openEngine({ directory }), `cut to ${cut}`).rejects.toMatchObject({
        code: "IntegrityError",
        message: expect.stringMatching(/data\.mdb is damaged: .*cut off/),
      });
    }
  });
});

test("last pages that nothing refers to may be missing", async () => {
  await withDirectory(async (directory) => {
    await fill(directory);
    const path = join(directory, "index", "data.mdb");
    const file = await open(path, "r+");
    for (const head of [0, lmdbPageBytes]) {
      const lastPage = Buffer.alloc(8);
      await file.read(lastPage, 0, 8, head + 144);
      lastPage.writeBigUInt64LE(lastPage.readBigUInt64LE() + 20n);
      await file.write(lastPage, 0, 8, head + 144);
    }
    await file.close();
    const engine = await openEngine({ directory });
    const { entries } = engine.listObjects({ bucket: testBucket, limit: 1000 });
    expect(entries).toHaveLength(keyCount);
    for (const entry of entries) expect(await bytesOf(engine, entry)).toHaveLength(entry.sizeBytes);
    await put(engine, "new", patternBytes(15_000));
    await engine.close();
  });
});

test.skipIf(process.platform === "win32")("no folder of a store is open to others", async () => {
  await withDirectory(async (parent) => {
    const directory = join(parent, "store");
    const engine = await openEngine({ directory, durability: "durable" });
    await createBucket(engine, testBucket);
    await put(engine, "large", patternBytes(mib));
    await engine.close();
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory());
    expect(folders.length).toBeGreaterThanOrEqual(4);
    for (const { parentPath, name } of folders) {
      const { mode } = await stat(join(parentPath, name));
      expect([name, mode & 0o077]).toEqual([name, 0]);
    }
  });
});
