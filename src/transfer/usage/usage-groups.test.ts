import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transferLimits } from "../../core/limits.ts";
import { compareKeys } from "../../core/object-key.ts";
import { UsageGroups, type UsageEntry, type UsageGroup } from "./usage-groups.ts";

const now = new Date("2026-11-20T00:00:00Z");

function entry(key: string, sizeBytes = 1, more: Partial<UsageEntry> = {}): UsageEntry {
  return { key, sizeBytes, lastModified: now, ...more };
}

function usage(
  entries: readonly UsageEntry[],
  { prefix = "", depth = 0, isOrdered = true } = {},
): UsageGroup[] {
  const groups = new UsageGroups(prefix, { depth, isOrdered, now });
  const all = entries.flatMap((one) => groups.add(one));
  return [...all, ...groups.end()];
}

const sums = (groups: readonly UsageGroup[]) =>
  groups.map(({ prefix, objects, bytes }) => [prefix, objects, bytes]);

const byPrefix = (groups: UsageGroup[]) =>
  sums(groups).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
const days = (count: number) => new Date(now.getTime() - count * 86_400_000);

describe("UsageGroups", () => {
  const keys = ["a", "b/1", "b/c/2", "b/c/3", "d/4"].map((key, index) => entry(key, index + 1));

  it.each([
    [0, [["", 5, 15]]],
    [
      1,
      [
        ["b/", 3, 9],
        ["d/", 1, 5],
        ["", 5, 15],
      ],
    ],
    [
      9,
      [
        ["b/c/", 2, 7],
        ["b/", 3, 9],
        ["d/", 1, 5],
        ["", 5, 15],
      ],
    ],
  ])("adds up to depth %i, each folder after what is in it", (depth, expected) => {
    expect(sums(usage(keys, { depth }))).toEqual(expected);
  });

  it("counts from a prefix that is no folder", () => {
    const entries = [entry("exp-1/a"), entry("exp-10/b"), entry("exp-2")];
    expect(sums(usage(entries, { prefix: "exp-", depth: 1 }))).toEqual([
      ["exp-1/", 1, 1],
      ["exp-10/", 1, 1],
      ["exp-", 3, 3],
    ]);
  });

  it("tells versions, markers, classes and ages apart", () => {
    const [group] = usage([
      entry("a", 1, { isLatest: false, storageClass: "GLACIER", lastModified: days(40) }),
      entry("a", 0, { isLatest: true, isDeleteMarker: true }),
      entry("b", 2, { isLatest: true, lastModified: days(1) }),
      entry("c", 4, { lastModified: days(366) }),
    ]);
    expect(group).toMatchObject({
      objects: 2,
      bytes: 6,
      noncurrent: { objects: 1, bytes: 1 },
      deleteMarkers: 1,
    });
    expect(Object.fromEntries(group?.classes ?? [])).toEqual({
      GLACIER: { objects: 1, bytes: 1 },
      STANDARD: { objects: 2, bytes: 6 },
    });
    expect(group?.ages.map(({ bytes }) => bytes)).toEqual([0, 2, 0, 1, 0, 4]);
  });

  it("has the same sums whether keys come in order or not", () => {
    const key = fc
      .array(fc.constantFrom("a", "b", "/"), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.uniqueArray(key), fc.nat(3), (drawn, depth) => {
        const ordered = [...drawn].sort(compareKeys).map((name) => entry(name, name.length));
        const shuffled = drawn.map((name) => entry(name, name.length));
        const inOrder = usage(ordered, { depth });
        expect(byPrefix(inOrder)).toEqual(byPrefix(usage(shuffled, { depth, isOrdered: false })));
        expect(new Set(inOrder.map(({ prefix }) => prefix)).size).toBe(inOrder.length);
      }),
    );
  });

  it("holds no more folders than it may, in order none that is over", () => {
    const many = Array.from({ length: transferLimits.usageGroups }, (_, index) =>
      entry(`${String(index).padStart(6, "0")}/x`),
    );
    expect(usage(many, { depth: 1 })).toHaveLength(transferLimits.usageGroups + 1);
    expect(() => usage(many, { depth: 1, isOrdered: false })).toThrow("more than 100000 folders");
  });
});
