import { createHash } from "node:crypto";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ObjectStore } from "../core/object-store.ts";
import { cacheReads } from "../wrappers/cache-reads.ts";
import { createMemoryStore } from "./stores/create-memory-store.ts";

let base: string;
let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "sms-own-files-"));
  folder = join(base, "cache");
  store = createMemoryStore();
});
afterEach(() => rm(base, { recursive: true, force: true }));

const parts = ["content", "drafts", "keys"];
const hash = "a".repeat(64);
const old = new Date(Date.now() - 24 * 3_600_000);

async function read(from: ObjectStore, key: string): Promise<string> {
  return (await buffer((await from.getObject(key)).body)).toString();
}

async function writeOld(path: string): Promise<void> {
  await writeFile(path, "precious ".repeat(100));
  await utimes(path, old, old);
}

it("deletes none of a user's files, whichever folder is named", async () => {
  await mkdir(folder);
  for (const part of parts) {
    await mkdir(join(folder, part));
    await writeOld(join(folder, part, "mine.txt"));
  }
  expect(() => cacheReads(store, { folder, maxBytes: 1000 })).toThrow(
    expect.objectContaining({ code: "InvalidArgument" }),
  );
  for (const part of parts) expect(await readdir(join(folder, part))).toEqual(["mine.txt"]);
});

it("deletes only files of its own names, also where others came later", async () => {
  const near = cacheReads(store, { folder, maxBytes: 1000 });
  for (const part of parts) {
    await writeOld(join(folder, part, "mine.txt"));
    await mkdir(join(folder, part, part === "drafts" ? crypto.randomUUID() : hash));
  }
  await writeOld(join(base, "linked"));
  await symlink(join(base, "linked"), join(folder, "content", "b".repeat(64)));
  for (const key of ["a", "b", "c"]) {
    await store.putObject(key, Buffer.alloc(600, key));
    expect(await read(near, key)).toBe(key.repeat(600));
    const names = await readdir(join(folder, "content"));
    // Theirs, the folder, the link, and the one for which there is room.
    expect(names).toContain(createHash("sha256").update(key.repeat(600)).digest("hex"));
    expect(names).toHaveLength(4);
  }
  for (const part of parts) {
    expect(await readdir(join(folder, part))).toEqual(expect.arrayContaining(["mine.txt"]));
  }
  expect(await readdir(base)).toContain("linked");
});

it("follows no link that takes the place of a part", async () => {
  const near = cacheReads(store, { folder, maxBytes: 1000 });
  await store.putObject("a", Buffer.alloc(600, "a"));
  for (const part of parts) {
    const theirs = join(base, part);
    await mkdir(theirs);
    const name = part === "drafts" ? crypto.randomUUID() : hash;
    await writeOld(join(theirs, name));
    await rm(join(folder, part), { recursive: true });
    await symlink(theirs, join(folder, part));
    expect(await read(near, "a")).toBe("a".repeat(600));
    expect(await readdir(theirs)).toEqual([name]);
    await rm(join(folder, part));
    await read(near, "a");
    await read(near, "a");
  }
});

it("keeps files again once what kept it from it is gone, or the folder came back", async () => {
  const near = cacheReads(store, { folder, maxBytes: 1000 });
  const kept = () => readdir(join(folder, "content"));
  await store.putObject("a", Buffer.alloc(600, "a"));
  await read(near, "a");
  await rm(join(folder, "content"), { recursive: true });
  await writeFile(join(folder, "content"), "");
  await read(near, "a");
  await rm(join(folder, "content"));
  await read(near, "a");
  expect(await kept()).toHaveLength(1);
  await rm(folder, { recursive: true });
  await read(near, "a");
  expect(await kept()).toHaveLength(1);
  // With its mark, so that the next process takes it, too.
  expect(await readdir(folder)).toContain("CACHEDIR.TAG");
  cacheReads(store, { folder });
});

// Windows has neither these modes nor these links.
it.skipIf(process.platform === "win32")(
  "serves nothing that another may have put there",
  async () => {
    const near = cacheReads(store, { folder });
    await store.putObject("a", Buffer.from("here"));
    await read(near, "a");
    const { etag, sizeBytes, lastModified } = await store.headObject("a");
    const planted = "evil";
    const sha256 = createHash("sha256").update(planted).digest("hex");
    const content = join(folder, "content", sha256);
    const [keyName = ""] = await readdir(join(folder, "keys"));
    const key = join(folder, "keys", keyName);
    const entry = JSON.stringify({
      sha256,
      etag,
      sizeBytes,
      lastModifiedMs: lastModified.getTime(),
    });
    const plant = async (): Promise<void> => {
      await rm(key, { force: true });
      await rm(content, { force: true });
      await writeFile(key, entry, { mode: 0o600 });
      await writeFile(content, planted, { mode: 0o600 });
    };
    await plant();
    // As if this user had: what is planted would be served, were it theirs.
    expect(await read(near, "a")).toBe(planted);
    for (const spoil of [
      () => chmod(key, 0o622),
      () => chmod(content, 0o620),
      async () => {
        await rename(content, join(base, "elsewhere"));
        await symlink(join(base, "elsewhere"), content);
      },
    ]) {
      await plant();
      await spoil();
      expect(await read(near, "a")).toBe("here");
    }
  },
);

it.skipIf(process.platform === "win32")("makes files for this user alone", async () => {
  await store.putObject("a", Buffer.from("here"));
  await read(cacheReads(store, { folder }), "a");
  for (const part of ["content", "keys"]) {
    const [name = ""] = await readdir(join(folder, part));
    expect((await stat(join(folder, part, name))).mode & 0o777).toBe(0o600);
  }
});
