import { mkdir, readdir, readFile, stat, writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replaceFile } from "./replace-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "replace-file-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("makes a file, then puts another text in its place, and leaves nothing beside it", async () => {
  const path = join(folder, "note.json");
  await replaceFile(path, "a longer text");
  await replaceFile(path, "short", { flush: false });
  expect(await readFile(path, "utf8")).toBe("short");
  expect(await readdir(folder)).toEqual(["note.json"]);
});

test.skipIf(process.platform === "win32")("is for its owner alone, or as wished", async () => {
  const mask = process.umask(0o077);
  try {
    await replaceFile(join(folder, "secret"), "");
    await replaceFile(join(folder, "public"), "", { mode: 0o644 });
  } finally {
    process.umask(mask);
  }
  expect((await stat(join(folder, "secret"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "public"))).mode & 0o777).toBe(0o644);
});

test("what cannot be replaced stays, and no draft is left", async () => {
  const path = join(folder, "taken");
  await mkdir(path);
  await writeFile(join(path, "inside"), "kept");
  await expect(replaceFile(path, "new")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
  expect(await readdir(folder)).toEqual(["taken"]);
  expect(await readFile(join(path, "inside"), "utf8")).toBe("kept");
});
