import { mib } from "./limits.ts";

/** Bounds of moving objects from keys of KMS to SSE-S3; ours unless a source is named. */
export const reencryptLimits = {
  /**
   * Objects that are copied from here; more become a job of S3 Batch Operations. With a hundred copies a
   * second these take some 17 minutes: well within the hour for which a role's session lasts by default.
   */
  objects: 100_000,
  /** HEADs at a time, as a listing does not tell how an object is encrypted. */
  headsAtATime: 32,
  /** Objects copied at a time; the store moves their bytes itself. */
  copiesAtATime: 32,
  /** Of an object that others keep replacing. */
  attempts: 4,
  /** Keys of KMS that are told apart. */
  kmsKeys: 100,
  /** Objects named one by one in a report that is not JSON; the rest is counted. */
  namedObjects: 20,
  /** What was found, on the disk; some 20 million objects. */
  spoolBytes: 4096 * mib,
  /** Data files that one S3 Inventory may name, and the size of its manifest. */
  inventoryFiles: 100_000,
  manifestBytes: 32 * mib,
  /** Columns of an inventory; S3 has some 20. */
  inventoryColumns: 64,
} as const;
