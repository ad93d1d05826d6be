/** Memory that is used again instead of left to the collector of garbage. */
export const memoryLimits = {
  /** What is smaller is not worth it. */
  leastSpareBytes: 32 * 1024,
  /** That nobody uses for now. A page of a listing takes some 300 KiB. */
  spareBytes: 16 * 1024 * 1024,
  /** Asked for at once for a page that the server writes, when the one before was as long. */
  listingPageBytes: 1024 * 1024,
  /** Of answers that are kept while nothing changes: some 30 pages of listings. */
  keptAnswerBytes: 16 * 1024 * 1024,
} as const;
