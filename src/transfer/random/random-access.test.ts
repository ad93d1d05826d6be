import { beforeEach, expect, it } from "vitest";
import { randomAccessLimits } from "../../core/archive-limits.ts";
import type { ByteRange } from "../../core/byte-range.ts";
import { failure, MemoryStore } from "../testing-fixtures/memory-store.ts";
import { RandomAccess } from "./random-access.ts";

const { blockBytes, cacheBytes, directFromBytes, lanes, rangeBytes } = randomAccessLimits;
const bytes = Buffer.alloc(cacheBytes + 5 * blockBytes + 123);
for (let at = 0; at < bytes.length - 4; at += 4)
  bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);

let store: MemoryStore;
let file: RandomAccess;

beforeEach(async () => {
  store = new MemoryStore();
  store.set("a", bytes);
  file = new RandomAccess(store.asStore(), await store.headObject("a"));
});

const ranges = (): (ByteRange | undefined)[] => store.gets.map(({ range }) => range);
const isPart = (found: Uint8Array, offset: number): boolean =>
  bytes.subarray(offset, offset + found.length).equals(found);

it.each([
  ["within a block", 100, 50],
  ["over the edge of blocks", blockBytes - 7, 2 * blockBytes],
  ["long ones past the blocks", 12_345, directFromBytes + rangeBytes + 99],
  ["up to the end", bytes.length - 5, 5],
])("reads %s", async (_what, offset, length) => {
  const found = await file.read(offset, length);
  expect(found).toHaveLength(length);
  expect(isPart(found, offset)).toBe(true);
  expect(found.buffer.byteLength).toBe(length);
});

it("gives fewer bytes at the end, and none behind it, without a request", async () => {
  expect(await file.read(bytes.length - 3, 10)).toHaveLength(3);
  const asked = store.gets.length;
  expect(await file.read(bytes.length, 10)).toHaveLength(0);
  expect(await file.read(5, 0)).toHaveLength(0);
  expect(store.gets).toHaveLength(asked);
});

it("asks once for reads of one moment that lie close together, pinned to the ETag", async () => {
  const places = [3 * blockBytes, 10, 5 * blockBytes - 1, 20];
  const found = await Promise.all(places.map((place) => file.read(place, 100)));
  expect(found.every((part, index) => isPart(part, places[index] ?? 0))).toBe(true);
  expect(ranges()).toEqual([{ first: 0, last: 6 * blockBytes - 1 }]);
  expect(store.gets[0]?.ifMatch).toBe(store.objects.get("a")?.etag);
});

it("asks apart for what lies far apart, or would be too long", async () => {
  await Promise.all([file.read(0, 1), file.read(randomAccessLimits.gapBytes + 2 * blockBytes, 1)]);
  expect(ranges()).toHaveLength(2);
  store.gets.length = 0;
  const step = randomAccessLimits.gapBytes;
  const many = Array.from({ length: 20 }, (_, index) => index * step);
  await Promise.all(many.map((place) => file.read(place + 2 * blockBytes, 1)));
  const lengths = ranges().map((range) =>
    range !== undefined && "last" in range ? (range.last ?? 0) - range.first + 1 : 0,
  );
  expect(Math.max(...lengths)).toBeLessThanOrEqual(rangeBytes);
});

it("keeps what was read lately, up to its bound", async () => {
  await file.read(0, 100);
  await file.read(50, 100);
  expect(store.gets).toHaveLength(1);
  for (let at = blockBytes; at < bytes.length; at += blockBytes) await file.read(at, 1);
  const asked = store.gets.length;
  await file.read(bytes.length - 1, 1);
  expect(store.gets).toHaveLength(asked);
  await file.read(0, 100);
  expect(store.gets).toHaveLength(asked + 1);
});

it("forgets first what was not read for longest", async () => {
  const blocks = cacheBytes / blockBytes;
  await file.read(0, 1);
  for (let block = 1; block < blocks; block += 1) await file.read(block * blockBytes, 1);
  await file.read(0, 1);
  // One more than are kept.
  await file.read(blocks * blockBytes, 1);
  const asked = store.gets.length;
  await file.read(0, 1);
  expect(store.gets).toHaveLength(asked);
  await file.read(blockBytes, 1);
  expect(store.gets).toHaveLength(asked + 1);
});

it("asks for no more than so many ranges at a time", async () => {
  let [open, most] = [0, 0];
  store.bodyOf = async function* (part) {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    yield part;
    open -= 1;
  };
  const apart = randomAccessLimits.gapBytes + 2 * blockBytes;
  const places = Array.from({ length: 20 }, (_, index) => index * apart);
  await Promise.all(places.map((place) => file.read(place, 1)));
  expect(most).toBeLessThanOrEqual(lanes);
  expect(most).toBeGreaterThan(1);
});

it("gives no byte of another object that took its place", async () => {
  await file.read(0, 1);
  store.set("a", Buffer.from(bytes).fill(7));
  await expect(file.read(8 * blockBytes, 1)).rejects.toMatchObject({
    code: "PreconditionFailed",
    message: "openRandomAccess: a was replaced since it was opened.",
    remedy: "Open it again and read anew.",
  });
});

it("asks again for what failed", async () => {
  store.fault = (operation) => {
    if (operation === "GetObject") throw failure("PermissionDenied");
  };
  await expect(file.read(0, 1)).rejects.toMatchObject({ code: "PermissionDenied" });
  store.fault = () => undefined;
  expect(isPart(await file.read(0, 1), 0)).toBe(true);
});

it("ends with Closed what is under way when it is closed, and what comes later", async () => {
  store.bodyOf = async function* (part) {
    yield part.subarray(0, 1);
    file.close();
    throw failure("Aborted");
  };
  await expect(file.read(0, 100)).rejects.toMatchObject({ code: "Closed" });
  await expect(file.read(0, 100)).rejects.toMatchObject({ code: "Closed" });
});
