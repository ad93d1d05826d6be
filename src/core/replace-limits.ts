/** Bounds of replacing objects in steps, where a store does not overwrite; ours. */
export const replaceLimits = {
  /** Copies into place by one of many writers who replace the same object. */
  replaceAttempts: 16,
  /** A replacement in steps that is younger than that may still be under way. */
  replacementMs: 3_600_000,
  /** Replacements that were cut short, found by one call. */
  replacementsHeld: 10_000,
  /** Before many keys are deleted, a listing of all may have a page for so many keys, else each has its own. */
  keysPerStagedPage: 10,
} as const;
