import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { mib } from "../core/limits.ts";
import { nodeDisk } from "./node-disk.ts";
import { openEngine } from "./open-engine.ts";
import { blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  createBucket,
  patternBytes,
  put,
  sourceOf,
} from "./testing-fixtures/engine-calls.ts";
import { FaultDisk } from "./testing-fixtures/fault-disk.ts";

/** Stages a file of which the index never hears, and stops. Answers its name. */
async function leaveOrphan(directory: string, now: () => Date): Promise<string> {
  const before = new Set(await blobNames(directory).catch(() => []));
  const engine = await openEngine({ directory, now });
  await engine.stage(sourceOf(patternBytes(100_000)));
  await engine.close();
  return (await blobNames(directory)).find((name) => !before.has(name)) ?? "";
}

const newYear = () => new Date("2030-01-01");

test("a file that belongs to nothing is kept aside for thirty days, then it goes", async () => {
  await withDirectory(async (directory) => {
    const orphan = await leaveOrphan(directory, () => new Date("2030-01-01"));
    const quarantine = join(directory, "quarantine");
    for (const [day, kept] of [
      ["2030-01-02", true],
      ["2030-02-01", true],
      ["2030-02-02", false],
    ] as const) {
      const engine = await openEngine({ directory, now: () => new Date(day) });
      await engine.close();
      expect(await blobNames(directory)).toEqual([]);
      expect(await readdir(quarantine)).toEqual(kept ? [`2030-01-02-${orphan}`] : []);
    }
  });
});

test("what is put aside is so for good before the store is open", async () => {
  await withDirectory(async (directory) => {
    await leaveOrphan(directory, newYear);
    const flushed: string[] = [];
    const real = nodeDisk.syncDirectory.bind(nodeDisk);
    const spy = vi.spyOn(nodeDisk, "syncDirectory").mockImplementation(async (path) => {
      await real(path);
      if (path.endsWith("quarantine")) flushed.push(...(await readdir(path)));
    });
    const engine = await openEngine({ directory, now: newYear });
    spy.mockRestore();
    expect(flushed).toHaveLength(1);
    await engine.close();
  });
});

test("what others put there stays", async () => {
  await withDirectory(async (directory) => {
    await leaveOrphan(directory, () => new Date("2030-01-01"));
    await (await openEngine({ directory, now: () => new Date("2030-01-01") })).close();
    const note = join(directory, "quarantine", "note.txt");
    await writeFile(note, "mine");
    await (await openEngine({ directory, now: () => new Date("2031-01-01") })).close();
    expect(await readdir(join(directory, "quarantine"))).toEqual(["note.txt"]);
    expect(await readFile(note, "utf8")).toBe("mine");
  });
});

test("on a full disk the oldest give way to new bytes, and only as many as must", async () => {
  await withDirectory(async (directory) => {
    for (const day of ["2030-01-01", "2030-01-02", "2030-01-03"]) {
      await leaveOrphan(directory, () => new Date(day));
      await (await openEngine({ directory, now: () => new Date(day) })).close();
    }
    const quarantine = join(directory, "quarantine");
    const disk = new FaultDisk();
    disk.freeBytes = async () => (3 - (await readdir(quarantine)).length) * 70 * mib;
    const engine = await openEngine({ directory, disk, now: () => new Date("2030-01-04") });
    expect(await readdir(quarantine)).toHaveLength(3);
    await createBucket(engine, testBucket);
    const [left, ...more] = await readdir(quarantine);
    expect([left?.slice(0, 10), more.length]).toEqual(["2030-01-02", 1]);
    await put(engine, "small", "s");
    expect(await readdir(quarantine)).toHaveLength(2);
    await engine.close();
  });
});
