import type { Capabilities } from "./capabilities.ts";
import type { DialectName } from "./dialect-name.ts";

/** What a probe can find out, by name. */
export type ProbedName =
  | Exclude<keyof Capabilities, "addressing" | "sessionTokens">
  | "writeConditionEtag"
  | "batchDeleteDigest"
  | "rangeOfPinnedObject"
  | "presignedGet"
  | "presignedPut";

/** One finding. */
export interface ProbedFact {
  readonly name: ProbedName;
  /**
   * `yes`, `no`, `unknown` (it could not be told); `quoted` or `bare` of an ETag; `content-md5` or
   * `content-md5-and-checksum` of a digest; of parts the number whose multiple their sizes must be.
   */
  readonly finding: string | number;
  /** What was seen. */
  readonly detail: string;
}

/** What a store was seen to do, for as long as it may be believed. */
export interface StoreProfile {
  readonly version: 1;
  /** Scheme, host and port; the profile is of no other store. */
  readonly endpoint: string;
  readonly dialect: DialectName;
  readonly bucket: string;
  /** ISO 8601. */
  readonly probedAt: string;
  readonly facts: readonly ProbedFact[];
}
