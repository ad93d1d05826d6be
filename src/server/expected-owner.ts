import type { BucketRecord } from "../engine/engine.ts";
import { S3Error } from "../protocol/s3-error.ts";

/**
 * `x-amz-expected-bucket-owner` and its like: a guard against buckets that changed hands.
 * Throws AccessDenied on another owner, InvalidBucketOwnerAWSAccountID on a malformed account.
 */
export function assertExpectedOwner(
  expected: string | undefined,
  bucket: BucketRecord | undefined,
): void {
  if (expected === undefined) return;
  if (!/^\d{12}$/.test(expected)) {
    throw new S3Error("InvalidBucketOwnerAWSAccountID", {
      message:
        "The value of the expected bucket owner parameter must be an AWS Account ID... " +
        `[${expected}]`,
    });
  }
  if (bucket !== undefined && bucket.ownerAccountId !== expected) throw new S3Error("AccessDenied");
}
