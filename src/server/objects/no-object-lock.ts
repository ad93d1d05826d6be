import { S3Error } from "../../protocol/s3-error.ts";
import type { OperationRequest } from "../operation.ts";

/**
 * What S3 says of a bucket without object lock, as all are here: CreateBucket refuses to make another.
 * Source: recordings of AWS of 2026-02.
 */
export function noObjectLock(): S3Error {
  return new S3Error("InvalidRequest", { message: "Bucket is missing Object Lock Configuration" });
}

/** Whoever wants to delete in spite of a lock has another bucket in mind. Throws InvalidArgument. */
export function assertNoBypass(request: OperationRequest): void {
  const name = "x-amz-bypass-governance-retention";
  if (request.header(name) === undefined) return;
  throw new S3Error("InvalidArgument", {
    message: `${name} is only applicable to Object Lock enabled buckets.`,
    extra: { ArgumentName: name },
  });
}
