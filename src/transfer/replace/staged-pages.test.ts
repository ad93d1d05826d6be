import { expect, it } from "vitest";
import { replaceLimits } from "../../core/replace-limits.ts";
import type { ListOptions, ObjectStore } from "../../core/object-store.ts";
import { MemoryStore } from "../testing-fixtures/memory-store.ts";
import { deleteForGood } from "./delete-for-good.ts";

const key = "dir/a";
const folder = `${key}.sms-staging/`;
const { signal } = new AbortController();
const old = { lastModified: new Date(Date.now() - 2 * replaceLimits.replacementMs) };
const ids = ["0", "9", "a", "f"].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);

/** A store whose listing knows delimiter and beginning, ten entries a page; backwards unless it is ordered. */
function listing(isOrdered: boolean): {
  readonly memory: MemoryStore;
  readonly store: ObjectStore;
} {
  const memory = new MemoryStore({
    overwrite: "unknown",
    orderedListing: isOrdered ? "yes" : "no",
  });
  memory.set(key, "old");
  const store = memory.asStore();
  const list = async (options: ListOptions = {}) => {
    const { prefix = "", delimiter, startAfter = "", continuationToken = "0" } = options;
    const entries = new Set<string>();
    for (const each of [...memory.objects.keys()].toSorted()) {
      if (!each.startsWith(prefix) || each <= startAfter) continue;
      const slash = delimiter === "/" ? each.indexOf("/", prefix.length) : -1;
      entries.add(slash === -1 ? each : each.slice(0, slash + 1));
    }
    const all = isOrdered ? [...entries] : [...entries].toReversed();
    const [from, end] = [Number(continuationToken), Number(continuationToken) + 10];
    memory.log.push("List");
    const page = all.slice(from, end);
    const objects = await Promise.all(
      page
        .filter((each) => memory.objects.has(each))
        .map(async (each) => ({
          ...(await memory.headObject(each)),
          storageClass: "STANDARD",
          ...old,
        })),
    );
    const commonPrefixes = page.filter((each) => !memory.objects.has(each));
    return {
      objects,
      commonPrefixes,
      ...(end < all.length && { continuationToken: String(end) }),
    };
  };
  memory.listObjects = list;
  return { memory, store };
}

it.each([
  ["an ordered listing", true],
  ["another", false],
])("by %s all is found that was staged, and folders are not walked", async (_what, isOrdered) => {
  const { memory, store } = listing(isOrdered);
  for (const id of ids) memory.set(folder + id, "new");
  for (let n = 0; n < 1000; n += 1) memory.set(`${folder}sub/file${n}`, "x");
  await deleteForGood(store, key, { signal });
  expect([...memory.objects.keys()].every((each) => each.startsWith(`${folder}sub/`))).toBe(true);
  expect(memory.objects.size).toBe(1000);
  expect(memory.log.filter((call) => call === "List")).toHaveLength(1);
});

it("of an ordered listing only the pages are read that random names can be on", async () => {
  const { memory, store } = listing(true);
  for (let n = 0; n < 1000; n += 1) {
    memory.set(`${folder}image${n}.tif`, "x");
    memory.set(`${folder}#${n}`, "x");
  }
  for (const id of ids) memory.set(folder + id, "new");
  await deleteForGood(store, key, { signal });
  expect(memory.objects.size).toBe(2000);
  expect(memory.log.filter((call) => call === "List")).toHaveLength(1);
});
