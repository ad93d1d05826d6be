import { mib } from "./limits.ts";

/** Bounds of what operators ask a server; ours. */
export const operatorLimits = {
  /** Connections to their port. */
  connections: 64,
  /** With less free, the disk counts as nearly full. */
  diskWarningBytes: 512 * mib,
  /** From a request to the file in a bucket that tells of it; S3 takes hours. Lines of a file. */
  bucketLogMs: 5000,
  bucketLogLines: 10_000,
} as const;
