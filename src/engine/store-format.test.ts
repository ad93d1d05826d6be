import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { nodeDisk } from "./node-disk.ts";
import { prepareDirectory } from "./store-format.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";

test("every folder made on the way is flushed, the one that was there before as well", async () => {
  await withDirectory(async (directory) => {
    const flushed: string[] = [];
    const real = nodeDisk.syncDirectory.bind(nodeDisk);
    const spy = vi.spyOn(nodeDisk, "syncDirectory").mockImplementation(async (path) => {
      flushed.push(path);
      await real(path);
    });
    await prepareDirectory(join(directory, "a", "b", "c"));
    expect(flushed).toEqual(
      expect.arrayContaining(["a/b", "a", ""].map((p) => join(directory, p))),
    );
    flushed.length = 0;
    // A process killed between making the folder and flushing it: the next one flushes.
    await prepareDirectory(join(directory, "a", "b", "c"));
    expect(flushed).toContain(join(directory, "a", "b"));
    spy.mockRestore();
  });
});

test("a new store has one format file and nothing half-written", async () => {
  await withDirectory(async (directory) => {
    await Promise.all([prepareDirectory(directory), prepareDirectory(directory)]);
    expect(await readdir(directory)).toEqual(["format.json"]);
  });
});

test("a folder above that is not ours to open does not matter", async () => {
  await withDirectory(async (directory) => {
    const data = join(directory, "data");
    await mkdir(data);
    const spy = vi.spyOn(nodeDisk, "syncDirectory").mockImplementation(async (path) => {
      if (path === directory) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    });
    await prepareDirectory(data);
    expect(await readdir(data)).toEqual(["format.json"]);
    spy.mockRestore();
  });
});
