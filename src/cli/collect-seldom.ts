import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** What the heap, and buffers that are held by it, may come to before V8 goes through all of it. */
const roomBytes = 128 * 1024 * 1024;
const lookMs = 1000;

/**
 * For a server whose heap is small, and through which large buffers pass. V8 counts these in, and went
 * through the heap for every 20 MiB that came in or went out: a quarter of their CPU. With more room than
 * its own for a small heap, it does so once for a GiB. Larger heaps are left to V8.
 */
export function collectSeldom(): void {
  setInterval(look, lookMs).unref();
}

function look(): void {
  const { used_heap_size: usedBytes } = getHeapStatistics();
  setFlagsFromString(`--heap-growing-percent=${growthPercent(usedBytes)}`);
}

/**
 * By how much the heap may grow before it is gone through; 0: as V8 thinks fit.
 *
 * @internal Exported for tests.
 */
export function growthPercent(usedBytes: number): number {
  const percent = Math.floor((roomBytes / usedBytes - 1) * 100);
  // V8 itself lets a small heap grow to its fourfold at most.
  return percent < 100 ? 0 : percent;
}
