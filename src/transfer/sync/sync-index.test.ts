import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { transferLimits } from "../../core/limits.ts";
import { compareKeys } from "../../core/object-key.ts";
import { IndexReader, IndexWriter, type IndexRecord } from "./sync-index.ts";

let folder = "";
let file = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-index-"));
  file = join(folder, "deep", "a.index");
});
afterEach(() => rm(folder, { recursive: true }));

const record = (path: string, left = "1 2"): IndexRecord => ({ path, left, right: '1 "e"' });

function recordsOf(path: string): IndexRecord[] {
  const reader = new IndexReader(path);
  const records = [...reader.rest()];
  reader.close();
  return records;
}

it("gives back what was written, whatever the paths hold", () => {
  const names = fc.uniqueArray(
    fc.oneof(
      fc.constantFrom("a\nb", "a\tb", 'a"b', "a\\b", "\\n", "é", "\u{1F600}", "a\u0001"),
      fc.string({ minLength: 1, maxLength: 9 }),
    ),
  );
  fc.assert(
    fc.property(names, (paths) => {
      const records = paths.toSorted(compareKeys).map((path) => record(path));
      const writer = new IndexWriter(file);
      for (const one of records) writer.add(one);
      writer.finish();
      expect(recordsOf(file)).toEqual(records);
    }),
    { numRuns: 30 },
  );
});

it("keeps the order when records come late, and leaves out those that do not come", () => {
  const paths = Array.from({ length: 25_000 }, (_, index) => String(index).padStart(6, "0"));
  const writer = new IndexWriter(file);
  const open: (() => void)[] = [];
  for (const [index, path] of paths.entries()) {
    if (index % 1000 !== 7) {
      writer.add(record(path));
      continue;
    }
    const write = writer.reserve(path);
    open.unshift(() => write(index === 7007 ? undefined : record(path, "late")));
  }
  for (const write of open) write();
  writer.finish();
  const found = recordsOf(file);
  expect(found.map(({ path }) => path)).toEqual(paths.filter((path) => path !== "007007"));
  expect(found.filter(({ left }) => left === "late")).toHaveLength(24);
});

it("finds the records of paths that are asked for in order", () => {
  const writer = new IndexWriter(file);
  for (const path of ["a", "b", "d"]) writer.add(record(path));
  writer.finish();
  const reader = new IndexReader(file);
  const passed: string[] = [];
  const find = (path: string): string | undefined =>
    reader.find(path, (over) => passed.push(over.path))?.path;
  expect(["a", "aa", "c", "d", "e"].map(find)).toEqual(["a", undefined, undefined, "d", undefined]);
  expect(passed).toEqual(["b"]);
  reader.close();
});

it("leaves the old one as it was when the new one is discarded", async () => {
  const first = new IndexWriter(file);
  first.add(record("a"));
  first.finish();
  const before = await readFile(file);
  const second = new IndexWriter(file);
  second.add(record("b"));
  second.discard();
  expect(await readFile(file)).toEqual(before);
  expect(await readdir(join(folder, "deep"))).toHaveLength(1);
});

it.each([
  "",
  "sms-storage sync index 9\n1\t2\tpath\n",
  "garbage",
  "sms-storage sync index 1\nno tabs\n",
  "sms-storage sync index 1\n1\t2\tbad\\escape\\\n",
])("knows nothing from a file that is none of its own: %j", async (text) => {
  const other = join(folder, "other.index");
  await writeFile(other, text);
  expect(recordsOf(other)).toEqual([]);
});

it("takes what is whole of a file that was cut off", async () => {
  const cut = join(folder, "cut.index");
  await writeFile(cut, 'sms-storage sync index 1\n1\t2\ta\n1\t2\tb"\\');
  expect(recordsOf(cut)).toEqual([{ left: "1", right: "2", path: "a" }]);
});

it("knows nothing where a folder stands in its place, and leaves it there", async () => {
  await mkdir(file, { recursive: true });
  expect(recordsOf(file)).toEqual([]);
  const writer = new IndexWriter(file);
  writer.add(record("a"));
  writer.finish();
  expect(await readdir(join(folder, "deep"))).toEqual(["a.index"]);
});

it("puts late records in their places, whatever the order in which they come", () => {
  const writer = new IndexWriter(file);
  const [first, second, third] = ["a", "b", "c"].map((path) => writer.reserve(path));
  for (let count = 0; count <= transferLimits.indexQueue; count += 1) {
    writer.add(record(`d${String(count).padStart(6, "0")}`));
  }
  third?.(record("c"));
  first?.(record("a"));
  second?.(record("b"));
  writer.finish();
  const paths = recordsOf(file).map(({ path }) => path);
  expect(paths.slice(0, 4)).toEqual(["a", "b", "c", "d000000"]);
  expect(paths).toHaveLength(transferLimits.indexQueue + 4);
});
