import type { AdminCalls } from "./admin-calls.ts";

/** What every group of bucket calls needs. */
export interface BucketContext {
  readonly calls: AdminCalls;
  /** Sent with each call, so that a squatted or mistyped name is refused with 403. */
  readonly expectedBucketOwner: string | undefined;
}

/** The SDK's parameters that say which bucket, and whose. */
export function target(
  { expectedBucketOwner }: BucketContext,
  bucket: string,
): { Bucket: string; ExpectedBucketOwner?: string } {
  if (expectedBucketOwner === undefined) return { Bucket: bucket };
  return { Bucket: bucket, ExpectedBucketOwner: expectedBucketOwner };
}
