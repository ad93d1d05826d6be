import type { Engine } from "../../engine/engine.ts";
import type { S3Error } from "../../protocol/s3-error.ts";
import type { BucketPolicies } from "../bucket-policies.ts";
import type { S3Response } from "../operation.ts";
import type { UnderstoodRequest } from "../understand-request.ts";

/**
 * Another store that the server plays. AWS S3 is no personality: it is what the server does without
 * one, and pays nothing for those that are there.
 */
export interface Personality {
  /** `qumulo`. */
  readonly name: string;
  /** As it was asked for, `latest` included. */
  readonly version: string;
  /** The only region that there is; every region in a signature is taken for it. */
  readonly region: string;
  /** Where a bucket has a policy, nobody gets in whom it does not allow, of whatever account. */
  readonly policyMustAllow: boolean;
  readonly policies: BucketPolicies;
  /** The store's own rules of state, over an engine that has S3's. */
  playOn(engine: Engine): Engine;
  /**
   * The request as this store sees it: without what it does not know. Throws S3Error for what it
   * refuses whoever asks.
   */
  take(understood: UnderstoodRequest): UnderstoodRequest;
  /** An error as this store words it. */
  restate(error: S3Error): S3Error;
  /** An answer without what this store never says. */
  shape(response: S3Response): S3Response;
  /** What the store does by itself, such as ending old uploads; asked for now and then. */
  tidy(engine: Engine, now: Date): Promise<void>;
}

/** How an operation or a header is refused. */
export interface Refusal {
  /** One of S3's codes, or a word of the vendor's. */
  readonly code: string;
  /** HTTP, 400 to 599. */
  readonly status: number;
}
