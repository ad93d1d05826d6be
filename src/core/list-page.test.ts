import { expect, it } from "vitest";
import { pageOfRows, partOfPage, rowsOf, rowsOfObjects } from "./list-page.ts";
import type { ListedRows } from "./listed-rows.ts";
import type { ListedObject } from "./object-store.ts";

function objectsOf(...keys: string[]): ListedObject[] {
  return keys.map((key, index) => ({
    key,
    sizeBytes: index,
    etag: '"e"',
    lastModified: new Date(index),
  }));
}

/** Counts how often its objects are made, and its memory given back. */
function countedRows(objects: readonly ListedObject[]) {
  const counts = { made: 0, released: 0 };
  const made = rowsOfObjects(objects);
  const rows: ListedRows = Object.create(made, {
    length: { value: made.length },
    objects: { value: () => ((counts.made += 1), objects) },
    release: { value: () => (counts.released += 1) },
    slice: { value: (start: number, end: number) => rowsOfObjects(objects.slice(start, end)) },
  }) as ListedRows;
  return { rows, counts };
}

it("makes the objects of a page once, when they are asked for, and lets go of the rest", () => {
  const objects = objectsOf("a", "b");
  const { rows, counts } = countedRows(objects);
  const page = pageOfRows(rows, { commonPrefixes: ["p/"], continuationToken: "t" });
  expect(page.rows).toBe(rows);
  expect(counts).toEqual({ made: 0, released: 0 });
  expect(page).toEqual({ objects, commonPrefixes: ["p/"], continuationToken: "t" });
  expect(page.objects).toBe(objects);
  expect(page.rows).toBeUndefined();
  expect(rowsOf(page).key(1)).toBe("b");
  expect(counts).toEqual({ made: 1, released: 1 });
});

it("leaves no rows behind in a copy with other objects", () => {
  const page = pageOfRows(countedRows(objectsOf("a", "b")).rows, { commonPrefixes: [] });
  const copy = { ...page, objects: objectsOf("c") };
  expect(rowsOf(copy).key(0)).toBe("c");
});

it.each([
  [
    "made",
    (objects: ListedObject[]) => ({ objects, commonPrefixes: ["p/"], continuationToken: "t" }),
  ],
  [
    "in rows",
    (objects: ListedObject[]) =>
      pageOfRows(countedRows(objects).rows, { commonPrefixes: ["p/"], continuationToken: "t" }),
  ],
])("gives a part of a page whose objects are %s", (_how, pageOf) => {
  const part = partOfPage(pageOf(objectsOf("a", "b", "c")), 1, 2);
  expect(part).toEqual({
    objects: objectsOf("a", "b", "c").slice(1, 2),
    commonPrefixes: ["p/"],
    continuationToken: "t",
  });
});

it("tells of made objects what rows tell", () => {
  const rows = rowsOfObjects(objectsOf("a", "b"));
  expect([
    rows.length,
    rows.isAscending,
    rows.key(1),
    rows.sizeBytes(1),
    rows.lastModifiedMs(1),
  ]).toEqual([2, true, "b", 1, 1]);
  expect(rows.storageClass(1)).toBeUndefined();
  expect(rowsOfObjects(objectsOf("b", "a")).isAscending).toBe(false);
  expect(rowsOfObjects(objectsOf("a", "a")).isAscending).toBe(false);
});
