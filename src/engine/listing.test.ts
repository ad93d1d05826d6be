import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareKeys } from "../core/object-key.ts";
import type { Engine } from "./engine.ts";
import { BucketStore } from "./bucket-store.ts";
import { keyOfObjectKey } from "./index-keys.ts";
import { openIndex } from "./index-store.ts";
import type { ListAnswer } from "./list-queries.ts";
import { Listing } from "./listing.ts";
import { openEngine } from "./open-engine.ts";
import { withDirectory } from "./testing-fixtures/data-directory.ts";
import { testBucket, plain, put, withEngine } from "./testing-fixtures/engine-calls.ts";
import { listedOf, takeObjects } from "./testing-fixtures/taken-objects.ts";

/** Few letters, so that prefixes and delimiters meet; NUL, FF-like and non-BMP ones among them. */
const letter = fc.constantFrom("a", "b", "/", "\u0000", "\u007f", "é", "\uFB01", "\uFFFD", "😀");
const key = fc.string({ unit: letter, minLength: 1, maxLength: 6 });
const piece = fc.string({ unit: letter, maxLength: 2 });
const query = fc.record({
  prefix: fc.option(piece, { nil: undefined }),
  delimiter: fc.option(fc.constantFrom("/", "a", "é", "😀", "b/"), { nil: undefined }),
  after: fc.option(key, { nil: undefined }),
  limit: fc.integer({ min: 0, max: 8 }),
});

interface Query {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

function given(wanted: Query): {
  limit: number;
  prefix?: string;
  delimiter?: string;
  after?: string;
} {
  const entries = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as ReturnType<typeof given>;
}

function groupOf(text: string, { prefix = "", delimiter = "" }: Query): string | undefined {
  if (delimiter === "" || !text.startsWith(prefix)) return undefined;
  const at = text.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : text.slice(0, at + delimiter.length);
}

/** S3's rules said in the slowest way: sort everything, roll up, cut. */
function naive(keys: readonly string[], wanted: Query): { items: string[]; truncated: boolean } {
  const { prefix = "", after, limit } = wanted;
  const passed = after === undefined ? undefined : groupOf(after, wanted);
  const items = [...new Set(keys)]
    .filter((text) => text.startsWith(prefix))
    .filter((text) => after === undefined || compareKeys(text, after) > 0)
    .filter((text) => passed === undefined || !text.startsWith(passed))
    .sort(compareKeys)
    .map((text) => groupOf(text, wanted) ?? text);
  const unique = [...new Set(items)];
  return { items: unique.slice(0, limit), truncated: limit > 0 && unique.length > limit };
}

function itemsOf(answer: ListAnswer<{ readonly key: string }>): string[] {
  return [...answer.entries.map((entry) => entry.key), ...answer.commonPrefixes].sort(compareKeys);
}

async function fill(engine: Engine, bucket: string, keys: readonly string[]): Promise<void> {
  await engine.createBucket({ name: bucket, region: "us-east-1", ownerAccountId: "1" });
  await Promise.all(keys.map(async (text) => await put(engine, text, "x", { bucket })));
}

describe("against a naive listing", () => {
  test("objects: any prefix, delimiter, start and limit", async () => {
    await withEngine(async (engine) => {
      let count = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(key, { maxLength: 25 }),
          fc.array(query, { minLength: 5 }),
          async (keys, queries) => {
            count += 1;
            const bucket = `bucket-${count}`;
            await fill(engine, bucket, keys);
            for (const wanted of queries) {
              const answer = engine.listObjects({ bucket, ...given(wanted) });
              const { entries, ...end } = answer;
              const taken = takeObjects(engine, { bucket, ...given(wanted) });
              expect(taken.entries).toEqual(entries.map(listedOf));
              expect(taken.asBytes).toBe(entries.length);
              expect(taken.end).toEqual(end);
              const expected = naive(keys, wanted);
              expect(itemsOf(answer)).toEqual(expected.items);
              expect(answer.truncated).toBe(expected.truncated);
              expect(answer.last).toBe(expected.items.at(-1));
            }
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  test("objects: page by page gives each key and prefix once", async () => {
    await withEngine(async (engine) => {
      let count = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(key, { maxLength: 25 }), query, async (keys, wanted) => {
          count += 1;
          const bucket = `bucket-${count}`;
          await fill(engine, bucket, keys);
          const limit = Math.max(wanted.limit, 1);
          const seen: string[] = [];
          let { after } = wanted;
          for (;;) {
            const answer = engine.listObjects({ bucket, ...given({ ...wanted, limit, after }) });
            seen.push(...itemsOf(answer));
            if (!answer.truncated) break;
            after = answer.last;
          }
          expect(seen).toEqual(naive(keys, { ...wanted, limit: 1000 }).items);
        }),
        { numRuns: 60 },
      );
    });
  });

  test("versions: page by page, by key and version markers, newest first", async () => {
    await withEngine(async (engine) => {
      let count = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(key, fc.constantFrom("put", "put", "delete"), fc.boolean()), {
            maxLength: 25,
          }),
          query,
          async (steps, wanted) => {
            count += 1;
            const bucket = `bucket-${count}`;
            await engine.createBucket({ name: bucket, region: "us-east-1", ownerAccountId: "1" });
            const made: { key: string; versionId: string }[] = [];
            for (const [text, what, enabled] of steps) {
              const versioning = enabled ? ("Enabled" as const) : ("Suspended" as const);
              await engine.updateBucketSettings(bucket, (old) => ({ ...old, versioning }));
              const outcome =
                what === "put"
                  ? await put(engine, text, "x", { bucket })
                  : await engine.deleteObject({ bucket, key: text });
              const versionId = outcome.versionId!;
              const twin = made.findIndex((one) => one.key === text && one.versionId === versionId);
              if (twin !== -1) made.splice(twin, 1);
              made.unshift({ key: text, versionId });
            }
            const expected = [...made]
              .sort((a, b) => compareKeys(a.key, b.key))
              .filter((one) => one.key.startsWith(wanted.prefix ?? ""))
              .map((one) => groupOf(one.key, wanted) ?? `${one.key} ${one.versionId}`);
            const limit = Math.max(wanted.limit, 1);
            const { after: _unused, ...rest } = given({ ...wanted, limit });
            const seen: string[] = [];
            let markers: { keyMarker?: string; versionIdMarker?: string } = {};
            for (;;) {
              const answer = engine.listVersions({ bucket, ...rest, ...markers });
              const entries = answer.entries.map((entry) => ({
                sort: entry.key,
                text: `${entry.key} ${entry.versionId}`,
              }));
              const prefixes = answer.commonPrefixes.map((text) => ({ sort: text, text }));
              const page = [...entries, ...prefixes].sort((a, b) => compareKeys(a.sort, b.sort));
              seen.push(...page.map((one) => one.text));
              if (!answer.truncated) break;
              const last = answer.entries.at(-1);
              const keyMarker = answer.last!;
              markers =
                last?.key === keyMarker
                  ? { keyMarker, versionIdMarker: last.versionId }
                  : { keyMarker };
            }
            expect(seen).toEqual([...new Set(expected)]);
          },
        ),
        { numRuns: 60 },
      );
    });
  });
});

test("keys come in the order of their UTF-8 bytes, not of UTF-16", async () => {
  await withEngine(async (engine) => {
    const keys = ["\u{1F600}", "\uFFFD", "\uFB01", "z", "a/", "a", "a\u0000"];
    await Promise.all(keys.map(async (text) => await put(engine, text)));
    const { entries } = engine.listObjects({ bucket: testBucket, limit: 10 });
    const order = ["a", "a\u0000", "a/", "z", "\uFB01", "\uFFFD", "\u{1F600}"];
    expect(entries.map((entry) => entry.key)).toEqual(order);
  });
});

test("a key of 1,024 bytes fits, NULs included; one byte more is KeyTooLongError", async () => {
  await withEngine(
    async (engine) => {
      for (const longest of ["k".repeat(1024), "\u0000".repeat(1024), "😀".repeat(256)]) {
        await put(engine, longest, "1");
        await put(engine, longest, "2");
        const { entries } = engine.listVersions({ bucket: testBucket, prefix: longest, limit: 10 });
        expect(entries.map((entry) => entry.key)).toEqual([longest, longest]);
        await expect(put(engine, `${longest}x`)).rejects.toMatchObject({ code: "KeyTooLongError" });
      }
    },
    { versioning: "Enabled" },
  );
});

test("who deletes what a page shows, before the next page, misses nothing", async () => {
  await withEngine(async (engine) => {
    let count = 0;
    const step = fc.tuple(
      fc.constantFrom("a", "a/b", "b"),
      fc.constantFrom("put", "put", "delete"),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
        async (steps, limit, deleted) => {
          count += 1;
          const bucket = `emptied-${count}`;
          await engine.createBucket({ name: bucket, region: "us-east-1", ownerAccountId: "1" });
          for (const [text, what, enabled] of steps) {
            const versioning = enabled ? ("Enabled" as const) : ("Suspended" as const);
            await engine.updateBucketSettings(bucket, (old) => ({ ...old, versioning }));
            if (what === "put") await put(engine, text, "x", { bucket });
            else await engine.deleteObject({ bucket, key: text });
          }
          const all = engine.listVersions({ bucket, limit: 100 }).entries.map(nameOf);
          const seen = new Set<string>();
          let nullsGone = false;
          let markers: { keyMarker?: string; versionIdMarker?: string } = {};
          for (let turn = 0; ; turn += 1) {
            expect(turn).toBeLessThan(100);
            const page = engine.listVersions({ bucket, limit, ...markers });
            for (const entry of page.entries) {
              // Where a deleted null version stood nobody knows, so what was newer is shown again.
              expect(!nullsGone && seen.has(nameOf(entry))).toBe(false);
              seen.add(nameOf(entry));
              const latest = engine.listVersions({ bucket, prefix: entry.key, limit: 1 });
              expect(entry.isLatest).toBe(latest.entries[0]?.versionId === entry.versionId);
            }
            for (const [index, { key: text, versionId }] of page.entries.entries()) {
              if (deleted[(turn + index) % deleted.length] !== true) continue;
              await engine.deleteObject({ bucket, key: text, versionId });
              nullsGone ||= versionId === "null";
            }
            const last = page.entries.at(-1);
            if (!page.truncated || last === undefined) break;
            markers = { keyMarker: last.key, versionIdMarker: last.versionId };
          }
          expect([...seen].sort()).toEqual([...all].sort());
        },
      ),
      { numRuns: 80 },
    );
  });
});

function nameOf({ key: text, versionId }: { key: string; versionId: string }): string {
  return `${text} ${versionId}`;
}

test("overlong prefixes and markers are answered like any that match nothing", async () => {
  await withEngine(async (engine) => {
    await put(engine, "a");
    await put(engine, "y");
    const long = "x".repeat(30_000);
    expect(engine.listObjects({ bucket: testBucket, prefix: long, limit: 10 }).entries).toEqual([]);
    const after = engine.listObjects({ bucket: testBucket, after: long, limit: 10 }).entries;
    expect(after.map((entry) => entry.key)).toEqual(["y"]);
    const markers = { keyMarker: long, versionIdMarker: "A".repeat(32) };
    const versions = engine.listVersions({ bucket: testBucket, ...markers, limit: 10 }).entries;
    expect(versions.map((entry) => entry.key)).toEqual(["y"]);
  });
});

test("a damaged record is named, and those around it are listed on", async () => {
  await withDirectory(async (directory) => {
    const engine = await openEngine({ directory, durability: "relaxed" });
    await fill(engine, testBucket, ["a", "b", "c"]);
    await engine.close();
    const index = await openIndex(join(directory, "index"), "relaxed");
    for (const { key: rowKey, row } of Array.from(index.rowsAfter("current", undefined))) {
      if (keyOfObjectKey(rowKey).toString() !== "b") continue;
      const changed = Buffer.from(row);
      changed[row.length - 3]! ^= 1;
      index.apply([{ table: "current", key: rowKey, row: changed }]);
    }
    const listing = new Listing(index, new BucketStore(index.tables));
    const damaged = expect.objectContaining({
      code: "InternalError",
      message: expect.stringMatching(/record of object b fails its checksum/),
    });
    const whole = { bucket: testBucket, limit: 10 };
    expect(() => takeObjects(listing, whole)).toThrow(damaged);
    expect(() => listing.objects(whole)).toThrow(damaged);
    expect(takeObjects(listing, { ...whole, after: "b" }).asBytes).toBe(1);
    await index.close();
  });
});

test("deleted keys and the keys of other buckets do not show", async () => {
  await withEngine(
    async (engine) => {
      await fill(engine, "bucket-2", ["other"]);
      await put(engine, "gone");
      await put(engine, "here");
      await engine.deleteObject({ bucket: testBucket, key: "gone" });
      const answer = engine.listObjects({ bucket: testBucket, limit: 10 });
      expect(answer.entries.map((entry) => entry.key)).toEqual(["here"]);
      expect(answer.truncated).toBe(false);
    },
    { versioning: "Enabled" },
  );
});

test("uploads come by key, then by age, and page by both markers", async () => {
  await withEngine(async (engine) => {
    const ids: string[] = [];
    for (const text of ["b", "a/1", "a/2", "b", "c"]) {
      const upload = await engine.createUpload({
        bucket: testBucket,
        key: text,
        initiatorArn: "arn",
        ...plain,
      });
      ids.push(upload.uploadId);
    }
    const all = engine.listUploads({ bucket: testBucket, limit: 10 });
    const inOrder = [ids[1], ids[2], ids[0], ids[3], ids[4]];
    expect(all.entries.map((entry) => entry.uploadId)).toEqual(inOrder);
    const rest = engine.listUploads({
      bucket: testBucket,
      keyMarker: "b",
      uploadIdMarker: ids[0]!,
      limit: 1,
    });
    expect(rest.entries.map((entry) => entry.uploadId)).toEqual([ids[3]]);
    expect(rest.truncated).toBe(true);
    const afterKey = engine.listUploads({ bucket: testBucket, keyMarker: "b", limit: 10 });
    expect(afterKey.entries.map((entry) => entry.uploadId)).toEqual([ids[4]]);
    const rolled = engine.listUploads({ bucket: testBucket, delimiter: "/", limit: 10 });
    expect(rolled.commonPrefixes).toEqual(["a/"]);
    expect(rolled.entries).toHaveLength(3);
  });
});
