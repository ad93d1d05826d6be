/** Bounds of what the embedded server plays: other stores and faults; ours unless a source is named. */
export const playedLimits = {
  /** Pages of the index behind one page of a listing in another order; then it may be short. */
  listingPages: 32,
  faultRules: 256,
  /** The longest delay of a fault. */
  latencyMs: 300_000,
  /** How far a clock can be off: a year. */
  skewSeconds: 366 * 86_400,
  /** After a change of a bucket: a day. */
  windowMs: 86_400_000,
  /** Buckets of whose last changes faults know. */
  rememberedBuckets: 10_000,
  /** For the bytes before a cut to leave the machine, and how often that is looked at. */
  cutWaitMs: 2000,
  cutLookMs: 2,
  /** A file of fault rules. */
  faultFileBytes: 1024 * 1024,
} as const;
