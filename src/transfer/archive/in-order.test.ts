import { expect, it } from "vitest";
import { inOrder } from "./in-order.ts";

const signal = new AbortController().signal;

async function* numbers(count: number, read: number[] = []) {
  for (let n = 0; n < count; n += 1) {
    read.push(n);
    yield n;
  }
}

async function* failing() {
  yield* numbers(2);
  throw new Error("no more");
}

const bounds = { sizeOf: () => 1, signal, lanes: 3, heldBytes: 100, heldItems: 100 };
const same = (n: number) => Promise.resolve(n);
const three = () => numbers(3);
const tick = () => new Promise((resolve) => setImmediate(resolve));

it("gives results in the order of the items, worked on side by side", async () => {
  let [open, most] = [0, 0];
  const work = async (n: number) => {
    open += 1;
    most = Math.max(most, open);
    for (let turn = 0; turn < 9 - n; turn += 1) await tick();
    open -= 1;
    return n * 10;
  };
  const results: number[] = [];
  for await (const { result } of inOrder({ ...bounds, items: () => numbers(9), work })) {
    results.push(await result);
  }
  expect(results).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
  expect(most).toBe(3);
});

it.each([
  ["items", { heldItems: 2 }],
  ["bytes", { heldBytes: 20, sizeOf: () => 10 }],
])("reads no further ahead than so many %s", async (_what, bound) => {
  const read: number[] = [];
  const results = inOrder({ ...bounds, ...bound, items: () => numbers(50, read), work: same });
  await results.next();
  for (let turn = 0; turn < 20; turn += 1) await tick();
  expect(read.length).toBeLessThanOrEqual(4);
  await results.return();
});

it("takes an item that is larger than all that may be held", async () => {
  const all = inOrder({ ...bounds, items: three, sizeOf: () => 1000, work: same });
  let count = 0;
  for await (const _result of all) count += 1;
  expect(count).toBe(3);
});

it("throws what the items throw, after the results before it", async () => {
  const seen: number[] = [];
  const all = inOrder({ ...bounds, items: failing, work: same });
  await expect(
    (async () => {
      for await (const { item } of all) seen.push(item);
    })(),
  ).rejects.toThrow("no more");
  expect(seen).toEqual([0, 1]);
});

it("stops the work when its taker leaves", async () => {
  const stopped: number[] = [];
  const work = (n: number, inner: AbortSignal) =>
    new Promise<number>((resolve, reject) => {
      if (n === 0) resolve(n);
      inner.addEventListener("abort", () => {
        stopped.push(n);
        reject(new Error("stopped"));
      });
    });
  for await (const _first of inOrder({ ...bounds, items: () => numbers(9), work })) break;
  expect(stopped.length).toBeGreaterThan(0);
});

it("begins with few at a time, until the first is done", async () => {
  const begun: number[] = [];
  const open: (() => void)[] = [];
  const work = (n: number) => {
    begun.push(n);
    return new Promise<number>((resolve) => open.push(() => resolve(n)));
  };
  const results = inOrder({ ...bounds, firstLanes: 1, items: () => numbers(4), work });
  const first = results.next();
  await tick();
  expect(begun).toEqual([0]);
  open[0]?.();
  await first;
  await tick();
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const end of open) end();
  await results.return();
});
