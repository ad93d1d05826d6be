import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ListPage, PutResult } from "../../src/core/object-store.ts";
import { createFileService } from "../../src/files/create-file-service.ts";
import { createMemoryStore } from "../../src/testing/stores/create-memory-store.ts";
import { aroundCalls } from "../../src/wrappers/around-calls.ts";

const opaque = <T extends { readonly etag: string }>(named: T): T => ({
  ...named,
  etag: `"-${named.etag.slice(1)}`,
});

/**
 * Its ETags tell nothing of bytes, as Qumulo's, and its clock is late, so that times tell nothing either:
 * memory alone knows of files that they are the same.
 */
const late = createMemoryStore({ now: () => new Date(Date.now() - 3_600_000) });
const store = aroundCalls(late, async ({ method }, run) => {
  if (method === "putObject") return opaque((await run()) as PutResult);
  if (method !== "listObjects") return run();
  const { objects, commonPrefixes } = (await run()) as ListPage;
  return { objects: objects.map(opaque), commonPrefixes };
});

it("syncDirectory goes by what earlier runs saw, where there is a folder for it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sms-memory-"));
  const files = createFileService(store);
  const [tree, memoryFolder] = [join(folder, "tree"), join(folder, "memory")];
  await mkdir(tree);
  await writeFile(join(tree, "a"), "0123456789");
  const old = new Date(Date.now() - 60_000);
  await utimes(join(tree, "a"), old, old);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const sync = async (options = {}): Promise<number> => {
    const { copied } = await files.syncDirectory("up", tree, "tree", options);
    return copied;
  };
  expect([await sync(), await sync()]).toEqual([1, 1]);
  expect([await sync({ memoryFolder }), await sync({ memoryFolder })]).toEqual([1, 0]);
  expect(await readdir(memoryFolder)).toHaveLength(1);
  await writeFile(join(tree, "a"), "9876543210");
  expect(await sync({ memoryFolder })).toBe(1);
  await rm(folder, { recursive: true });
});
