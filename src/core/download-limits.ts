import { mib } from "./limits.ts";

/** Bounds of downloads of more than one chunk; ours. */
export const downloadLimits = {
  /** A large object is fetched in so many ranges, as far as none is smaller or larger than these. */
  ranges: 32,
  rangeLeastBytes: 8 * mib,
  rangeMostBytes: 32 * mib,
  /** Larger files are flushed by way of the thread pool however quick the disk is. */
  flushedAtOnceBytes: 4 * mib,
} as const;
