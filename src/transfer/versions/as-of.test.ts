import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "../../core/object-key.ts";
import { at, VersionStore, type DrawnVersion } from "../testing-fixtures/version-store.ts";
import { pagesAsOf, versionAsOf } from "./as-of.ts";

async function seen(
  store: VersionStore,
  prefix: string,
  second: number,
  delimiter?: string,
): Promise<string[]> {
  const found: string[] = [];
  const options = delimiter === undefined ? {} : { delimiter };
  for await (const page of pagesAsOf(store.asStore(), prefix, at(second), options)) {
    found.push(...page.commonPrefixes, ...page.objects.map(({ versionId }) => versionId));
  }
  return found.sort();
}

describe("a prefix as of a moment", () => {
  const history: readonly DrawnVersion[] = [
    ["d/a", 1, 1],
    ["d/a", 3, 2],
    ["d/b", 2, 1],
    ["d/b", 4, "-"],
    ["d/b", 6, 1],
    ["d/s/x", 5, 1],
    ["e", 1, 1],
  ];
  it.each([
    [0, []],
    [1, ["d/a@1"]],
    [2, ["d/a@1", "d/b@2"]],
    [4, ["d/a@3"]],
    [6, ["d/a@3", "d/b@6", "d/s/x@5"]],
  ])("%i", async (second, expected) => {
    expect(await seen(new VersionStore(history), "d/", second)).toEqual(expected);
  });

  it("folds what lies below a folder, and shows no folder that was empty then", async () => {
    expect(await seen(new VersionStore(history), "d/", 4, "/")).toEqual(["d/a@3"]);
    expect(await seen(new VersionStore(history), "d/", 6, "/")).toEqual(["d/a@3", "d/b@6", "d/s/"]);
    expect(await seen(new VersionStore(history), "", 6, "/")).toEqual(["d/", "e@1"]);
  });

  it("passes over the rest of a folder that is told already", async () => {
    const many = Array.from({ length: 50 }, (_, index): DrawnVersion => [`d/${index}`, 1, 1]);
    const store = new VersionStore([...many, ["e", 1, 1]]);
    expect(await seen(store, "", 1, "/")).toEqual(["d/", "e@1"]);
    expect(store.markers).toEqual(["", "d/\u{10ffff}"]);
  });

  it("is the same as looking at each key by itself, however the pages fall", async () => {
    const version = fc.tuple(
      fc.constantFrom("a", "a/b", "a/b/c", "a/d", "b", "ab/x"),
      fc.nat(9),
      fc.constantFrom<number | "-">(1, "-"),
    );
    const histories = fc.uniqueArray(version, { selector: ([key, second]) => `${key}@${second}` });
    const prefix = fc.constantFrom("", "a", "a/");
    const run = fc.asyncProperty(
      histories,
      prefix,
      fc.nat(9),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (drawn, under, second, pageSize, ordered) => {
        const flat = plainly(drawn, under, second);
        const store = new VersionStore(drawn, { pageSize, ordered });
        expect(await seen(store, under, second)).toEqual(flat);
        const folded = flat.map((id) => {
          const slash = id.indexOf("/", under.length);
          return slash === -1 ? id : id.slice(0, slash + 1);
        });
        const whole = [...new Set(folded)].sort();
        expect(
          await seen(new VersionStore(drawn, { pageSize, ordered }), under, second, "/"),
        ).toEqual(whole);
      },
    );
    await fc.assert(run, { numRuns: 300 });
  });
});

/** By sorting all versions, which takes memory for all of them. */
function plainly(drawn: readonly DrawnVersion[], prefix: string, second: number): string[] {
  const state = new Map<string, string>();
  const inTime = [...drawn].sort((a, b) => a[1] - b[1] || compareKeys(a[0], b[0]));
  for (const [key, time, size] of inTime) {
    if (time > second || !key.startsWith(prefix)) continue;
    if (size === "-") state.delete(key);
    else state.set(key, `${key}@${time}`);
  }
  return [...state.values()].sort();
}

describe("an object as of a moment", () => {
  const store = new VersionStore([
    ["k", 1, 1],
    ["k", 3, "-"],
    ["k", 5, 2],
    ["k2", 1, 1],
  ]).asStore();
  it.each([
    [2, "k@1"],
    [5, "k@5"],
    [9, "k@5"],
  ])("%i: %s", async (second, versionId) => {
    expect(await versionAsOf(store, "k", at(second))).toMatchObject({ versionId });
  });

  it.each([
    ["k", 0, "has no version from 2026-11-01T00:00:00.000Z; the oldest that is kept is of"],
    ["k", 4, "had been deleted by"],
    ["kk", 4, "There is no object s3://bkt/kk"],
  ])("%s at %i %s", async (key, second, words) => {
    await expect(versionAsOf(store, key, at(second))).rejects.toMatchObject({
      code: "NotFound",
      message: expect.stringContaining(words) as string,
    });
  });
});
