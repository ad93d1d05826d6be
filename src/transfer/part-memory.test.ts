import { expect, it } from "vitest";
import { mib } from "../core/limits.ts";
import { PartMemory } from "./part-memory.ts";

/** The buffers of claims that have been met, in their order. */
function claim(memory: PartMemory, sizes: readonly number[]): Buffer[] {
  const met: Buffer[] = [];
  for (const size of sizes) void memory.take(size * mib).then((buffer) => met.push(buffer));
  return met;
}

const inMib = (buffers: readonly Buffer[]): number[] => buffers.map(({ length }) => length / mib);
const soon = () => new Promise((resolve) => setImmediate(resolve));

it("lets parts in as long as they fit, and the others in their order", async () => {
  const memory = new PartMemory(10 * mib);
  const met = claim(memory, [4, 4, 3, 1]);
  await soon();
  expect(inMib(met)).toEqual([4, 4]);
  for (const buffer of met.splice(0, 1)) memory.give(buffer);
  await soon();
  expect(inMib(met)).toEqual([4, 3, 1]);
});

it("lets a part in that is larger than all of it, alone", async () => {
  const memory = new PartMemory(10 * mib);
  const met = claim(memory, [1, 50, 1]);
  for (const expected of [[1], [50], [1]]) {
    await soon();
    expect(inMib(met)).toEqual(expected);
    for (const buffer of met.splice(0)) memory.give(buffer);
  }
});

it("uses buffers again, also for parts of other lengths", async () => {
  const memory = new PartMemory(16 * mib);
  const first = await memory.take(8 * mib);
  memory.give(first);
  const second = await memory.take(5 * mib + 3);
  expect([second.length, second.buffer === first.buffer]).toEqual([5 * mib + 3, true]);
  memory.give(second);
});
