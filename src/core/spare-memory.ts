import { memoryLimits } from "./memory-limits.ts";

/*
 * Memory that is used again and again, for what takes some 100 KiB for a moment, thousands of times. Node
 * would give most of it back once 64 MiB have come together.
 */

const spare = new Map<number, ArrayBuffer[]>();
let spareBytes = 0;
const taken = new WeakSet<ArrayBuffer>();

/** At least so many bytes, whatever is in them. */
export function takeMemory(sizeBytes: number): ArrayBuffer {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, sizeBytes)));
  const found = spare.get(size)?.pop();
  if (found !== undefined) spareBytes -= size;
  const memory = found ?? new ArrayBuffer(size);
  taken.add(memory);
  return memory;
}

/** Gives memory back, at which nobody may look any more; what was not taken here is left alone. */
export function giveMemory(memory: ArrayBufferLike): void {
  if (!(memory instanceof ArrayBuffer) || !taken.delete(memory)) return;
  const size = memory.byteLength;
  if (size < memoryLimits.leastSpareBytes || spareBytes + size > memoryLimits.spareBytes) return;
  const others = spare.get(size);
  if (others === undefined) spare.set(size, [memory]);
  else others.push(memory);
  spareBytes += size;
}

/** Keeps memory for ever: who has only used it once gives it back in vain. */
export function keepMemory(memory: ArrayBufferLike): void {
  if (memory instanceof ArrayBuffer) taken.delete(memory);
}
