import { expect, it } from "vitest";
import { pageOfRows, rowsOfObjects } from "../../core/list-page.ts";
import type { ListedRows } from "../../core/listed-rows.ts";
import type { ListedObject } from "../../core/object-store.ts";
import { eachObject } from "./list-pages.ts";

function object(key: string, sizeBytes: number): ListedObject {
  return { key, sizeBytes, etag: '"e"', lastModified: new Date(0) };
}

const objects = [object("a", 1), object("b/", 0), object("c/", 2), object("d", 0)];

it("makes an object of a page when it is its turn, and gives the page back behind the last one", () => {
  const made = rowsOfObjects(objects);
  const seen: string[] = [];
  const rows = Object.create(made, {
    length: { value: made.length },
    object: { value: (row: number) => (seen.push(`made ${row}`), made.object(row)) },
    release: { value: () => seen.push("released") },
  }) as ListedRows;
  for (const { key } of eachObject(pageOfRows(rows, { commonPrefixes: [] }), "include")) {
    seen.push(key);
  }
  const turns = ["made 0", "a", "made 1", "b/", "made 2", "c/", "made 3", "d", "released"];
  expect(seen).toEqual(turns);
});

it("leaves markers of directories out unless they are wanted, also of pages that are made", () => {
  const page = { objects, commonPrefixes: [] };
  expect([...eachObject(page, "omit")].map(({ key }) => key)).toEqual(["a", "c/", "d"]);
  expect([...eachObject(page, "include")]).toEqual(objects);
});
