import { beforeEach, expect, it } from "vitest";
import { watchLimits } from "../../core/archive-limits.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { transferContext } from "../transfer-context.ts";
import { type EventBatch, type PrefixWatch, watchPrefix } from "./watch-prefix.ts";

let store: MemoryStore;
let stop: AbortController;

beforeEach(() => {
  store = new MemoryStore();
  stop = new AbortController();
});

function watch(wishes: Partial<PrefixWatch> = {}, of = store) {
  const context = transferContext(of.asStore());
  const common = { prefix: "p/", tellsExisting: false, intervalMs: 0, signal: stop.signal };
  return watchPrefix(context, { ...common, ...wishes });
}

const told = ({ events }: EventBatch): string[] =>
  events.map((event) => `${event.kind} ${event.kind === "deleted" ? event.key : event.object.key}`);

async function next(watching: AsyncGenerator<EventBatch, void>): Promise<EventBatch> {
  const { value } = await watching.next();
  if (value === undefined) throw new Error("the watch has ended");
  return value;
}

function set(...keys: string[]): void {
  for (const key of keys) store.set(key, key);
  const sorted = [...store.objects].toSorted(([a], [b]) => (a < b ? -1 : 1));
  store.objects.clear();
  for (const [key, object] of sorted) store.objects.set(key, object);
}

it("tells what was created, changed and deleted, each once, and nothing else", async () => {
  set("p/a", "p/b", "p/c", "q");
  const watching = watch();
  expect(told(await next(watching))).toEqual([]);
  store.objects.delete("p/a");
  store.set("p/b", "newer");
  set("p/0", "p/d", "q2");
  expect(told(await next(watching))).toEqual([
    "created p/0",
    "deleted p/a",
    "changed p/b",
    "created p/d",
  ]);
  set("p/e");
  expect(told(await next(watching))).toEqual(["created p/e"]);
});

it("tells a write of the same bytes as well, by its time", async () => {
  set("p/a");
  const watching = watch();
  await next(watching);
  store.set("p/a", "p/a", {}, { lastModified: new Date("2026-11-24T00:00:00Z") });
  expect(told(await next(watching))).toEqual(["changed p/a"]);
});

it("tells what is there at first only when that is wanted", async () => {
  set("p/a", "p/b");
  expect(told(await next(watch({ tellsExisting: true })))).toEqual(["created p/a", "created p/b"]);
});

it("goes on in another process where a cursor was given out", async () => {
  set("p/a", "p/b");
  const cursor = (await next(watch())).cursor();
  store.objects.delete("p/b");
  set("p/c");
  const batch = await next(watch({ cursor }));
  expect(told(batch)).toEqual(["deleted p/b", "created p/c"]);
  expect(told(await next(watch({ cursor: batch.cursor() })))).toEqual([]);
});

it("gives many events in batches, each with a cursor that goes on behind it", async () => {
  const { events: most } = watchLimits;
  set("p/b", "p/z");
  const cursor = (await next(watch())).cursor();
  store.objects.delete("p/b");
  store.objects.delete("p/z");
  const keys = Array.from({ length: 2 * most }, (_, n) => `p/k${String(n).padStart(5, "0")}`);
  set(...keys);
  const watching = watch({ cursor });
  const first = await next(watching);
  expect(told(first)).toHaveLength(most);
  expect(told(first)[0]).toBe("deleted p/b");
  const resumed = watch({ cursor: first.cursor() });
  const rest = [...told(await next(resumed)), ...told(await next(resumed))];
  expect(rest).toHaveLength(most + 2);
  expect(new Set([...told(first), ...rest]).size).toBe(2 * most + 2);
  expect(rest.at(-1)).toBe("deleted p/z");
  expect(told(await next(watching))).toEqual(rest.slice(0, most));
});

it("works on a store that lists in no order", async () => {
  const unordered = new MemoryStore({ orderedListing: "unknown" });
  for (const key of ["p/c", "p/a", "p/b"]) unordered.set(key, key);
  const watching = watch({}, unordered);
  await next(watching);
  unordered.objects.delete("p/c");
  for (const key of ["p/d", "p/0"]) unordered.set(key, key);
  expect(told(await next(watching))).toEqual(["created p/0", "deleted p/c", "created p/d"]);
});

it("remembers little: less than twenty bytes for an object", async () => {
  const keys = Array.from(
    { length: 20_000 },
    (_, n) => `p/exp/variant=0/seed=${n}/generation=1/x.tsv`,
  );
  store.pageSize = 20_000;
  set(...keys);
  expect((await next(watch())).cursor().length).toBeLessThan(20 * keys.length);
});

it("says nothing is deleted when the listing fails, and throws it", async () => {
  set("p/a", "p/b");
  const watching = watch();
  await next(watching);
  store.fault = () => {
    throw failure("PermissionDenied");
  };
  await expect(watching.next()).rejects.toMatchObject({ code: "PermissionDenied" });
});

it("ends with Aborted, also while it waits", async () => {
  set("p/a");
  const watching = watch({ intervalMs: 3_600_000 });
  await next(watching);
  const waiting = watching.next();
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: "Aborted" });
});

it("takes no cursor of another place, nor one that is damaged", async () => {
  set("p/a");
  const cursor = (await next(watch())).cursor();
  await expect(next(watch({ cursor, prefix: "q/" }))).rejects.toMatchObject({
    code: "InvalidArgument",
    message: expect.stringContaining('it is of {"bucket":"bkt","prefix":"p/"}') as string,
  });
  const spoilt = `${cursor.slice(0, -6)}AAAAAA`;
  for (const bad of ["x", "w1.", "w1.AAAA", cursor.slice(0, -4), spoilt]) {
    await expect(next(watch({ cursor: bad }))).rejects.toMatchObject({ code: "InvalidArgument" });
  }
});
