import { expect, it } from "vitest";
import { WriteAhead } from "./write-ahead.ts";

const endless = new AbortController().signal;

/** Work that goes on until it is told to end. */
function openWork() {
  const ends: (() => void)[] = [];
  const work = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
  return { ends, work };
}

const isPending = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    promise.then(() => false),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(true))),
  ]);

it.each([
  ["lanes", { lanes: 2, heldBytes: 1000 }, 1],
  ["bytes", { lanes: 10, heldBytes: 100 }, 50],
])("begins no more at a time than its %s allow", async (_what, bounds, sizeBytes) => {
  const ahead = new WriteAhead(endless, bounds);
  const { ends, work } = openWork();
  await ahead.begin(sizeBytes, work);
  await ahead.begin(sizeBytes, work);
  const third = ahead.begin(sizeBytes, work);
  expect(await isPending(third)).toBe(true);
  ends[0]?.();
  await third;
  ends.forEach((end) => end());
  await ahead.finish();
});

it("takes one piece that is larger than all it may hold", async () => {
  const ahead = new WriteAhead(endless, { lanes: 2, heldBytes: 100 });
  await ahead.begin(1000, () => Promise.resolve());
  await expect(ahead.finish()).resolves.toBeUndefined();
});

it("answers what failed first, and stops the others", async () => {
  const ahead = new WriteAhead(endless, { lanes: 2, heldBytes: 100 });
  const first = new Error("first");
  let stopped = false;
  await ahead.begin(1, async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    stopped = true;
    throw new Error("a consequence");
  });
  await ahead.begin(1, () => Promise.reject(first));
  await isPending(Promise.resolve());
  expect(() => ahead.assertFine()).toThrow(first);
  expect(await ahead.stop(new Error("noticed later"))).toBe(first);
  expect(stopped).toBe(true);
});
