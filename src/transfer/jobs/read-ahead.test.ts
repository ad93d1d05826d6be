import { expect, it } from "vitest";
import { readAhead } from "./read-ahead.ts";

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

function counted(end: number, error?: Error) {
  const state = { read: 0, returned: false };
  async function* source(): AsyncGenerator<number> {
    try {
      for (let n = 0; n < end; n += 1) {
        await turn();
        state.read += 1;
        yield n;
      }
      if (error !== undefined) throw error;
    } finally {
      state.returned = true;
    }
  }
  return { state, source: source() };
}

it("gives every item in order", async () => {
  const found: number[] = [];
  for await (const n of readAhead(counted(100).source, 7)) found.push(n);
  expect(found).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

it("reads ahead while an item is worked on, and no further than it may", async () => {
  const { state, source } = counted(100);
  for await (const n of readAhead(source, 5)) {
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(state.read).toBe(Math.min(100, n + 1 + 5));
  }
});

it("gives what is urgent as soon as it is known, within what it may read ahead", async () => {
  const { state, source } = counted(100);
  const found: number[] = [];
  for await (const n of readAhead(source, 20, (item) => item % 10 === 9)) {
    found.push(n);
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(state.read).toBeLessThanOrEqual(found.length + 20);
  }
  expect(found.slice(0, 4)).toEqual([0, 9, 19, 1]);
  expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

it("throws what the source throws, behind what came before", async () => {
  const found: number[] = [];
  const reading = async () => {
    for await (const n of readAhead(counted(3, new Error("broke")).source, 10)) found.push(n);
  };
  await expect(reading()).rejects.toThrow("broke");
  expect(found).toEqual([0, 1, 2]);
});

it("ends the source when its reader leaves", async () => {
  const { state, source } = counted(100);
  for await (const n of readAhead(source, 5)) if (n === 3) break;
  expect(state.returned).toBe(true);
  expect(state.read).toBeLessThan(20);
});
