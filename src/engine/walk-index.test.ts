import { writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeIndex } from "./index-file.ts";
import { openEngine } from "./open-engine.ts";
import { inlineRows, blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import { testBucket, createBucket, patternBytes, put } from "./testing-fixtures/engine-calls.ts";

const pageBytes = 8192;
const blockBytes = 4096;

/** Trees of several levels, long values, free pages and a few files. */
async function fill(directory: string): Promise<void> {
  const engine = await openEngine({ directory });
  await createBucket(engine, testBucket);
  const sizes = [300, 15_000, 3000, 20_000];
  const work = Array.from({ length: 240 }, async (_one, at) => {
    await put(engine, `${"k".repeat(at)}${at}`, patternBytes(sizes[at % 4] ?? 0, at));
  });
  await Promise.all(work);
  for (let at = 0; at < 240; at += 5) {
    await engine.deleteObject({ bucket: testBucket, key: `${"k".repeat(at)}${at}` });
  }
  await engine.close();
}

test("damage of any page in use is noticed, of a block or of its first byte", async () => {
  await withDirectory(async (directory) => {
    await fill(directory);
    const path = join(directory, "index", "data.mdb");
    const whole = judgeIndex(path);
    expect(whole).toMatchObject({ problems: [], problemCount: 0 });
    expect(whole?.rows).toBeGreaterThan(300);
    const good = await readFile(path);
    const pages = good.length / pageBytes;
    const unnoticed = new Set<number>();
    for (let block = 4; block < good.length / blockBytes; block += 2) {
      const at = block * blockBytes;
      for (const damage of [Buffer.alloc(blockBytes), randomBytes(blockBytes)]) {
        const copy = Buffer.from(good);
        damage.copy(copy, at);
        await writeFile(path, copy);
        if (judgeIndex(path)?.problemCount === 0) unnoticed.add(block / 2);
      }
    }
    // Only free pages, and the two heads do not count among those in use.
    expect(unnoticed.size).toBe(pages - 2 - (whole?.pages ?? 0));
    expect(unnoticed.size).toBeLessThan(pages / 3);
  });
});

test("any bit of a row, of its key or of a page's number is noticed", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory });
    await createBucket(engine, testBucket);
    await put(engine, "a key to look for", "and bytes to look for");
    await engine.close();
    const path = join(directory, "index", "data.mdb");
    expect(judgeIndex(path)?.problemCount).toBe(0);
    const good = await readFile(path);
    const [bytes = Buffer.alloc(0)] = await inlineRows(directory);
    const problemsWith = (copy: Buffer): number => {
      writeFileSync(path, copy);
      return judgeIndex(path)?.problemCount ?? 0;
    };
    for (const text of ["a key to look for", bytes.subarray(0, 40), testBucket, "sequence"]) {
      // Pages that are free hold older copies.
      const start = placesOf(good, text).find((place) => problemsWith(flipped(good, place, 0)) > 0);
      for (let bit = 0; bit < text.length * 8; bit += 1) {
        const problems = problemsWith(flipped(good, start ?? Number.NaN, bit));
        expect(problems, `${String(text)}, bit ${bit}`).toBeGreaterThan(0);
      }
    }
  });
});

function placesOf(bytes: Buffer, text: string | Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}

function flipped(bytes: Buffer, start: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(start + (bit >> 3)) ^ (1 << (bit & 7)), start + (bit >> 3));
  return copy;
}

test.each(["killed", "closed"])("a store that was %s: nothing is touched", async (how) => {
  await withDirectory(async (directory) => {
    await fill(directory);
    const before = await blobNames(directory);
    if (how === "killed") await writeFile(join(directory, "lock"), "cut");
    const path = join(directory, "index", "data.mdb");
    const damaged = await readFile(path);
    damaged.fill(0, 10 * pageBytes, damaged.length - 10 * pageBytes);
    await writeFile(path, damaged);
    for (let time = 0; time < 2; time += 1) {
      await expect(openEngine({ directory })).rejects.toMatchObject({
        code: "IntegrityError",
        message: expect.stringMatching(/data\.mdb is damaged: Page \d+ .*, and \d+ more problems/),
        remedy: expect.stringContaining("fsck"),
      });
    }
    expect((await blobNames(directory)).sort()).toEqual(before.sort());
    expect((await readFile(path)).equals(damaged)).toBe(true);
  });
});
