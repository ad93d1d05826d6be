import { readdirSync } from "node:fs";
import { appendFile, cp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fsck } from "./fsck.ts";
import { sequenceKey } from "./group-commit.ts";
import { openIndex } from "./index-store.ts";
import { openEngine } from "./open-engine.ts";
import { judgeRedo } from "./rebuild-index.ts";
import { RedoLog } from "./redo-log.ts";
import { writeRows } from "./redo-rows.ts";
import { rowCodecs } from "./tables.ts";
import { inlineRows, blobNames, withDirectory } from "./testing-fixtures/data-directory.ts";
import {
  testBucket,
  bytesOf,
  createBucket,
  patternBytes,
  put,
  textOf,
} from "./testing-fixtures/engine-calls.ts";

const sequenceChange = (sequence: number) => ({
  table: "meta" as const,
  key: sequenceKey,
  row: rowCodecs.meta.encode(sequence, sequenceKey),
});

async function fill(directory: string): Promise<void> {
  const engine = await openEngine({ directory });
  await createBucket(engine, testBucket, "Enabled");
  await put(engine, "small", "first");
  await put(engine, "small", "second");
  await put(engine, "large", patternBytes(50_000));
  await engine.deleteObject({ bucket: testBucket, key: "large" });
  await engine.close();
}

async function contents(directory: string) {
  const engine = await openEngine({ directory });
  const entries = engine.listVersions({ bucket: testBucket, limit: 100 }).entries;
  const bytes = await Promise.all(entries.map(async (entry) => await bytesOf(engine, entry)));
  await engine.close();
  return { entries, bytes };
}

/** A log that has what the index lacks. */
async function writeDown(directory: string, key: string): Promise<number> {
  const index = await openIndex(join(directory, "index"), "durable");
  const last = index.tables.meta.get(sequenceKey) ?? 0;
  await index.close();
  const { log } = RedoLog.open(join(directory, "redo"), last, () => undefined);
  const row = { seq: 1, id: "null", at: 0, size: 0, etag: "e", headers: {} };
  const bucket = Buffer.concat([Buffer.alloc(8), Buffer.from(key)]);
  const change = { table: "current" as const, key: bucket };
  log.append(last + 1, [
    { ...change, row: rowCodecs.current.encode(row, bucket) },
    sequenceChange(last + 1),
  ]);
  await log.close();
  return last + 1;
}

test("a change that was written down and not committed is made by the next start", async () => {
  await withDirectory(async (directory) => {
    await fill(directory);
    const sequence = await writeDown(directory, "k");
    await (await openEngine({ directory })).close();
    const index = await openIndex(join(directory, "index"), "durable");
    expect(index.tables.meta.get(sequenceKey)).toBe(sequence);
    expect(index.tables.current.has(Buffer.concat([Buffer.alloc(8), Buffer.from("k")]))).toBe(true);
    await index.close();
  });
});

test("a head of the index that went back to the commit before loses nothing", async () => {
  await withDirectory(async (directory) => {
    await fill(directory);
    const whole = await contents(directory);
    const path = join(directory, "index", "data.mdb");
    const bytes = await readFile(path);
    const [first, second] = [0, 8192].map((head) => bytes.readBigUInt64LE(head + 152));
    bytes.writeBigUInt64LE(0n, ((first ?? 0n) > (second ?? 0n) ? 0 : 8192) + 152);
    await writeFile(path, bytes);
    expect(await contents(directory)).toEqual(whole);
  });
});

describe("rebuilding", () => {
  test.each(["missing", "empty", "of something else", "of another time"])(
    "an index that is %s: refused, then exactly as it was",
    async (how) => {
      await withDirectory(async (directory) => {
        await fill(directory);
        const whole = await contents(directory);
        const path = join(directory, "index", "data.mdb");
        if (how === "missing") await rm(join(directory, "index"), { recursive: true });
        if (how === "empty") await truncate(path, 0);
        if (how === "of something else") await writeFile(path, "x".repeat(50_000));
        if (how === "of another time") {
          const bytes = await readFile(path);
          bytes.fill(0, 16_384);
          await writeFile(path, bytes);
        }
        await expect(openEngine({ directory })).rejects.toMatchObject({
          code: "IntegrityError",
          remedy: expect.stringContaining("fsck --repair"),
        });
        expect(await fsck(directory, { repair: false, bytes: false })).toMatchObject({
          sound: false,
          redo: { whole: true },
        });
        expect(await fsck(directory, { repair: true, bytes: false })).toMatchObject({
          sound: true,
          rebuilt: { how: "exact" },
        });
        expect(await contents(directory)).toEqual(whole);
        const again = await fsck(directory, { repair: false, bytes: false });
        expect(again).toMatchObject({ sound: true, redo: { whole: true }, rebuilt: undefined });
      });
    },
  );

  test("without a whole second record: what can be read stays, and what is lost is told", async () => {
    await withDirectory(async (directory) => {
      const engine = await openEngine({ directory });
      await createBucket(engine, testBucket);
      for (let at = 0; at < 60; at += 1) await put(engine, `k${at}`, patternBytes(3000, at));
      await put(engine, "large", patternBytes(50_000));
      await engine.close();
      const [row] = (await inlineRows(directory)).slice(7);
      await rm(join(directory, "redo"), { recursive: true });
      const path = join(directory, "index", "data.mdb");
      const bytes = await readFile(path);
      const start = row?.subarray(0, 100) ?? "";
      // Pages that are no longer used hold it as well.
      for (let at = bytes.indexOf(start); at !== -1; at = bytes.indexOf(start, at + 10)) {
        bytes.fill(0, at, at + 10);
      }
      await writeFile(path, bytes);
      const report = await fsck(directory, { repair: true, bytes: false });
      expect(report).toMatchObject({
        sound: false,
        rebuilt: { how: "partly" },
        store: {
          incomplete: [{ bucket: testBucket, key: "k7", why: "its bytes are not in the index" }],
          incompleteCount: 1,
        },
      });
      const again = await openEngine({ directory });
      expect((await bytesOf(again, again.getObject(testBucket, "k8")!)).length).toBe(3000);
      expect((await bytesOf(again, again.getObject(testBucket, "large")!)).length).toBe(50_000);
      await again.deleteObject({ bucket: testBucket, key: "k7" });
      await again.close();
      expect(await fsck(directory, { repair: false, bytes: false })).toMatchObject({
        sound: true,
        redo: { whole: true },
      });
    });
  });
});

describe("a second record that is not whole", () => {
  const cases: [string, (redo: string) => Promise<void>][] = [
    ["was removed", async (redo) => await rm(redo, { recursive: true })],
    [
      "has a damaged log",
      async (redo) => {
        const log = join(redo, readdirSync(redo).find((name) => name.endsWith(".log")) ?? "");
        const bytes = await readFile(log);
        bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
        await writeFile(log, bytes);
      },
    ],
    [
      "is older than the index",
      async (redo) => {
        const log = join(redo, readdirSync(redo).find((name) => name.endsWith(".log")) ?? "");
        await truncate(log, 300);
      },
    ],
    [
      "has lost its rows",
      async (redo) => {
        const rows = readdirSync(redo).find((name) => name.endsWith(".rows"));
        await rm(join(redo, rows ?? ""));
      },
    ],
  ];
  test.each(cases)("%s: it is written anew by the next start", async (_how, harm) => {
    await withDirectory(async (directory) => {
      await fill(directory);
      const whole = await contents(directory);
      await harm(join(directory, "redo"));
      expect(judgeRedo(join(directory, "redo")).whole).toBe(false);
      expect(await contents(directory)).toEqual(whole);
      await expect.poll(() => judgeRedo(join(directory, "redo")).whole).toBe(true);
      await rename(join(directory, "index"), join(directory, "gone"));
      expect((await fsck(directory, { repair: true, bytes: false })).rebuilt?.how).toBe("exact");
      expect(await contents(directory)).toEqual(whole);
    });
  });

  test("rows that decayed are told by fsck, and written anew after its repair", async () => {
    await withDirectory(async (directory) => {
      await fill(directory);
      const redo = join(directory, "redo");
      // Rows that are worth the name: the first ones were of an empty store.
      await rm(redo, { recursive: true });
      const whole = await contents(directory);
      const rows = join(redo, readdirSync(redo).find((name) => name.endsWith(".rows")) ?? "");
      const bytes = await readFile(rows);
      bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
      await writeFile(rows, bytes);
      const looked = await fsck(directory, { repair: false, bytes: false });
      expect(looked).toMatchObject({ sound: true, redo: { whole: false } });
      await fsck(directory, { repair: true, bytes: false });
      expect(await contents(directory)).toEqual(whole);
      expect(judgeRedo(redo).whole).toBe(true);
    });
  });

  test("what stands behind a gap is used all the same", async () => {
    await withDirectory(async (directory) => {
      await fill(directory);
      const redo = join(directory, "redo");
      const log = join(redo, readdirSync(redo).find((name) => name.endsWith(".log")) ?? "");
      const whole = await contents(directory);
      const bytes = await readFile(log);
      // The record that made the bucket; those behind it are whole.
      bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
      await writeFile(log, bytes);
      await rename(join(directory, "index"), join(directory, "gone"));
      const report = await fsck(directory, { repair: true, bytes: false });
      expect(report).toMatchObject({ rebuilt: { how: "partly" }, sound: true });
      expect(report.store?.versions).toBe(whole.entries.length);
    });
  });

  test("a lost index without any record of it is not rebuilt as an empty one", async () => {
    await withDirectory(async (directory) => {
      await fill(directory);
      await rm(join(directory, "redo"), { recursive: true });
      await rm(join(directory, "index"), { recursive: true });
      expect(await fsck(directory, { repair: false, bytes: false })).toMatchObject({
        sound: false,
      });
      const repair = fsck(directory, { repair: true, bytes: false });
      await expect(repair).rejects.toMatchObject({
        code: "IntegrityError",
        message: expect.stringContaining("is lost, and there is no second record"),
      });
      expect(await blobNames(directory)).toHaveLength(1);
    });
  });

  test("a store without anything in it is sound", async () => {
    await withDirectory(async (directory) => {
      await (await openEngine({ directory })).close();
      for (const repair of [false, true, false]) {
        expect(await fsck(directory, { repair, bytes: true })).toMatchObject({
          sound: true,
          rebuilt: undefined,
          redo: { whole: true },
        });
      }
    });
  });

  test("a record cut off at the end, as by a kill, is no damage", async () => {
    await withDirectory(async (directory) => {
      await fill(directory);
      const redo = join(directory, "redo");
      const log = join(redo, readdirSync(redo).find((name) => name.endsWith(".log")) ?? "");
      await appendFile(log, (await readFile(log)).subarray(0, 50));
      expect(judgeRedo(redo).whole).toBe(true);
      const before = readdirSync(redo);
      const engine = await openEngine({ directory });
      await put(engine, "after", "the cut");
      await engine.close();
      expect(readdirSync(redo)).toEqual(before);
      expect(judgeRedo(redo).whole).toBe(true);
      await rename(join(directory, "index"), join(directory, "gone"));
      await fsck(directory, { repair: true, bytes: false });
      const again = await openEngine({ directory });
      expect(await textOf(again, "after")).toBe("the cut");
      await again.close();
    });
  });
});

test("rows written anew while others write, and the old files gone: still exact", async () => {
  await withDirectory(async (directory) => {
    await fill(directory);
    const redo = join(directory, "redo");
    const index = await openIndex(join(directory, "index"), "durable");
    let last = index.tables.meta.get(sequenceKey) ?? 0;
    const { log, needsRows } = RedoLog.open(redo, last, () => undefined);
    expect(needsRows).toBe(false);
    const write = (at: number): void => {
      last += 1;
      const key = Buffer.from(`key ${at}`);
      const row = at % 3 === 0 ? undefined : rowCodecs.meta.encode(at, key);
      const changes = [{ table: "meta" as const, key, row }, sequenceChange(last)];
      log.append(last, changes);
      index.apply(changes);
    };
    for (let at = 0; at < 500; at += 1) write(at % 100);
    const start = await log.turn();
    let at = 0;
    const stopped = (): boolean => {
      write((at += 1) % 150);
      return false;
    };
    expect(await writeRows(redo, start, index, { last: () => log.last, stopped })).toBeGreaterThan(
      0,
    );
    log.removeOld();
    for (; at < 300; at += 1) write(at);
    await log.close();
    const before = [...index.rowsAfter("meta", undefined)];
    await index.close();
    expect(readdirSync(redo).sort()).toEqual([`${start}.log`, `${start}.rows`]);
    await rename(join(directory, "index"), join(directory, "gone"));
    expect((await fsck(directory, { repair: true, bytes: false })).rebuilt?.how).toBe("exact");
    const rebuilt = await openIndex(join(directory, "index"), "durable");
    expect([...rebuilt.rowsAfter("meta", undefined)]).toEqual(before);
    await rebuilt.close();
  });
});

test("a record that is withdrawn leaves no trace", async () => {
  await withDirectory(async (directory) => {
    await fill(directory);
    const redo = join(directory, "redo");
    const copy = join(directory, "copy");
    await cp(redo, copy, { recursive: true });
    const { last } = judgeRedo(redo);
    const { log } = RedoLog.open(redo, last, () => undefined);
    log.append(last + 5, [sequenceChange(last + 5)]);
    log.withdraw();
    log.withdraw();
    await log.close();
    for (const name of readdirSync(redo)) {
      expect((await readFile(join(redo, name))).equals(await readFile(join(copy, name)))).toBe(
        true,
      );
    }
  });
});

test("fsck moves what belongs to nothing aside, and names what is missing", async () => {
  await withDirectory(async (directory) => {
    await fill(directory);
    const [lost = ""] = await blobNames(directory);
    await rm(join(directory, "blobs", lost.slice(0, 2), lost));
    const orphan = `${lost.slice(0, 2)}${"0".repeat(30)}`;
    await writeFile(join(directory, "blobs", lost.slice(0, 2), orphan), "whose?");
    const report = await fsck(directory, { repair: false, bytes: false });
    expect(report).toMatchObject({
      sound: false,
      index: { problemCount: 0 },
      store: {
        missingFiles: [lost],
        orphans: [orphan],
        incomplete: [{ bucket: testBucket, key: "large", why: `its file ${lost} is missing` }],
      },
    });
    expect(await blobNames(directory)).toEqual([orphan]);
    const repaired = await fsck(directory, { repair: true, bytes: false });
    expect(repaired).toMatchObject({ sound: false, quarantinedFiles: 1, rebuilt: undefined });
    expect(await blobNames(directory)).toEqual([]);
  });
});

test("fsck keeps away from a store that is open, and from a folder that is none", async () => {
  await withDirectory(async (directory) => {
    await expect(fsck(directory, { repair: true, bytes: false })).rejects.toMatchObject({
      code: "NotFound",
    });
    const engine = await openEngine({ directory });
    await expect(fsck(directory, { repair: true, bytes: false })).rejects.toMatchObject({
      code: "Conflict",
    });
    await engine.close();
  });
});
