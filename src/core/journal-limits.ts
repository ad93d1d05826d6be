import { mib } from "./limits.ts";

/** Bounds of what is remembered of transfers for a later run; ours. */
export const journalLimits = {
  /** What nobody has gone on with for so long is removed; a week, as lifecycle rules have it. */
  keptMs: 7 * 24 * 3_600_000,
  /** Some 200 bytes for each of 10,000 parts, or 60 for each 8 MiB of a download of 2 TiB. */
  fileBytes: 16 * mib,
  /** Journals that nobody works with; older ones are removed. */
  files: 1000,
  /** So long is believed which journals there were. */
  lookMs: 5000,
  /** How often a process shows that it still works with a journal. */
  touchMs: 60_000,
  /** An upload begun so long before or after a run asked for one may be its: their clocks differ. */
  unheardWithinMs: 30_000,
  /** A journal of another machine is nobody's after this. */
  foreignMs: 10 * 60_000,
} as const;
