import { mib } from "./limits.ts";

/** Bounds of downloads of large objects; ours. */
export const downloadLimits = {
  /** A large object is fetched in so many ranges, as far as none is smaller or larger than these. */
  ranges: 32,
  rangeLeastBytes: 8 * mib,
  rangeMostBytes: 32 * mib,
  /** Of what a later run has not to fetch again, where one was cut short: ranges have several. */
  blockBytes: 8 * mib,
} as const;
