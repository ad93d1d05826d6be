import { expect, it } from "vitest";
import { compareItems, byTime } from "./compare-items.ts";
import { identityOf, type TreeItem } from "./tree-item.ts";

const file = { path: "p", sizeBytes: 3, modifiedMs: 5000, changedMs: 6000, inode: 7 };
const object = { path: "p", sizeBytes: 3, modifiedMs: 9000, etag: `"${"a".repeat(32)}"` };
const unknown = (): boolean => false;

it("needs no more than sizes that differ", () => {
  const verdict = compareItems(file, { ...object, sizeBytes: 4 }, "content", () => true);
  expect(verdict).toEqual({ same: false, reason: "size" });
});

it("believes what is remembered of both, unless files are to be read anew", () => {
  const known = (a: string, b: string): boolean =>
    a === identityOf(file) && b === identityOf(object);
  expect(compareItems(file, object, "content", known)).toEqual({ same: true, by: "index" });
  expect(compareItems(file, object, "checksum", known)).toBe("ask");
  expect(compareItems({ ...file, inode: 8 }, object, "content", known)).toBe("ask");
  expect(compareItems({ ...file, changedMs: 1 }, object, "content", known)).toBe("ask");
});

it("compares objects by their ETags", () => {
  const other = { ...object, etag: `"${"b".repeat(32)}"` };
  expect(compareItems(object, { ...object, modifiedMs: 1 }, "content", unknown)).toMatchObject({
    same: true,
  });
  expect(compareItems(object, other, "content", unknown)).toMatchObject({ same: false });
});

it("goes by time where ETags are no digests", () => {
  const parts = { ...object, etag: `"${"b".repeat(32)}-3"` };
  expect(compareItems(parts, { ...object, modifiedMs: 9000 }, "content", unknown)).toEqual({
    same: true,
    by: "time",
  });
  expect(compareItems(parts, { ...object, modifiedMs: 8999 }, "content", unknown)).toEqual({
    same: false,
    reason: "time",
  });
});

it.each<[number, boolean]>([
  [9000, true],
  [9999, true],
  [10_000, false],
  [8000, false],
])("takes a file for a copy only with its object's time: %d", (modifiedMs, same) => {
  const target: TreeItem = { ...file, modifiedMs };
  expect(byTime(object, target)).toMatchObject({ same });
});
