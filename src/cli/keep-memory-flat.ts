import { setFlagsFromString } from "node:v8";

/**
 * For commands that see millions of keys pass by. V8 lets the heap grow to several times what is in use,
 * since the machine has more; what passes by needs no more than it takes at a time. Measured on a listing
 * of a million keys: 112 MiB in place of 300, for a tenth more CPU.
 */
export function keepMemoryFlat(): void {
  // Room for new objects stays as small as it is at the start; the rest grows by 60 % between collections.
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=60");
}
