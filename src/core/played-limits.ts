/** Bounds of what the embedded server plays: other stores and faults; ours unless a source is named. */
export const playedLimits = {
  /** Pages of the index behind one page of a listing in another order; then it may be short. */
  listingPages: 32,
} as const;
