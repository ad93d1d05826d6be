import { mib } from "./limits.ts";

/** Bounds of a cache of reads on this machine; ours. */
export const cacheLimits = {
  bytes: 1024 * mib,
  objectBytes: 64 * mib,
  /** Files of `keys/`, some 500 bytes each. */
  keys: 100_000,
  /** Pieces in which kept bytes are read. */
  chunkBytes: mib,
  /** After so many writes of its own a process looks what others have written. */
  writesBetweenLooks: 16,
  /** A draft that nobody has written to for so long is nobody's. */
  draftMs: 3_600_000,
} as const;

/** How far a recorded profile of a store is believed; ours. */
export const profileLimits = {
  ageMs: 30 * 24 * 3_600_000,
  /** By which its time may lie ahead of ours. */
  skewMs: 3_600_000,
  bytes: mib / 4,
} as const;
