import { afterEach, expect, it } from "vitest";
import { memoryLimits } from "./memory-limits.ts";
import { giveMemory, takeMemory } from "./spare-memory.ts";

const taken: ArrayBuffer[] = [];

function take(sizeBytes: number): ArrayBuffer {
  const memory = takeMemory(sizeBytes);
  taken.push(memory);
  return memory;
}

afterEach(() => {
  for (const memory of taken.splice(0)) giveMemory(memory);
});

it("gives the same memory again to who asks for about as much", () => {
  const first = take(200_000);
  expect(first.byteLength).toBeGreaterThanOrEqual(200_000);
  expect(take(200_000)).not.toBe(first);
  giveMemory(first);
  expect(take(140_000)).toBe(first);
});

it("takes back once, and only what it gave", () => {
  const memory = take(50_000);
  giveMemory(memory);
  giveMemory(memory);
  expect(take(50_000)).toBe(memory);
  expect(take(50_000)).not.toBe(memory);
  const foreign = new ArrayBuffer(65_536);
  giveMemory(foreign);
  expect(take(65_536)).not.toBe(foreign);
});

it("keeps as much in the end as in the beginning", () => {
  const size = memoryLimits.spareBytes / 4;
  for (let round = 0; round < 12; round += 1) giveMemory(take(size));
  const memory = take(size);
  giveMemory(memory);
  expect(take(size)).toBe(memory);
});

it("keeps no more than is worth it", () => {
  const small = take(memoryLimits.leastSpareBytes / 4);
  giveMemory(small);
  expect(take(memoryLimits.leastSpareBytes / 4)).not.toBe(small);
  const large = take(memoryLimits.spareBytes * 2);
  giveMemory(large);
  expect(take(memoryLimits.spareBytes * 2)).not.toBe(large);
});
