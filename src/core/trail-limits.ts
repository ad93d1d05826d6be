import { mib } from "./limits.ts";

/** Bounds of the record of who did what; ours unless a source is named. */
export const trailLimits = {
  /** Source: CloudTrail User Guide, "Quotas in AWS CloudTrail". */
  trailsPerRegion: 5,
  basicSelectors: 5,
  dataResources: 250,
  advancedValues: 500,
  tags: 50,
  /** Source: CloudTrail API reference, LookupEvents. */
  lookupPage: 50,
  /** Management events that LookupEvents knows, the latest of all accounts; some 2 KiB each. */
  historyEvents: 4096,
  /** From an event to the file that holds it. */
  flushMs: 3000,
  /** Events of a file, and those that may wait while a bucket takes none. */
  fileEvents: 2000,
  pendingEvents: 20_000,
  /** Before a delivery that failed is tried again. */
  retryMs: 30_000,
  /** Of a document in requestParameters. Source: CloudTrail User Guide, "CloudTrail record contents". */
  documentBytes: 100 * 1024,
  /** Of a DeleteObjects that is told key by key: as S3 takes them. */
  deleteBytes: 8 * mib,
  /** What may wait to be written to a log file whose disk is slow. */
  logQueueBytes: 16 * mib,
  /** Before a log file is opened again after a failure. */
  logRetryMs: 5000,
} as const;
