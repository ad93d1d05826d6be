import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Of new objects, in bytes: two halves, of which one is in use at a time. */
const newSpaceBytes = 4 * 1024 * 1024;
const lookMs = 10;

/**
 * For commands that see millions of keys pass by. V8 lets the heap grow to several times what is in use,
 * since the machine has more; what passes by needs no more than it takes at a time. With less room for
 * new objects than this, they are copied too often: that took twice the CPU.
 */
export function keepMemoryFlat(): void {
  setFlagsFromString("--heap-growing-percent=100");
  // Code that is kept under other flags than a process starts with is never taken again.
  process.prependOnceListener("exit", () => {
    setFlagsFromString("--heap-growing-percent=0");
    setFlagsFromString("--semi-space-growth-factor=2");
  });
  const looks = setInterval(() => {
    const newSpace = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    if (newSpace !== undefined && newSpace.space_size < newSpaceBytes) return;
    setFlagsFromString("--semi-space-growth-factor=1");
    clearInterval(looks);
  }, lookMs);
  looks.unref();
}
