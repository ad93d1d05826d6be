import { S3Error } from "../../protocol/s3-error.ts";

/**
 * What S3 says of a bucket without object lock, as all are here: CreateBucket refuses to make another.
 * Source: recordings of AWS of 2026-02.
 */
export function noObjectLock(): S3Error {
  return new S3Error("InvalidRequest", { message: "Bucket is missing Object Lock Configuration" });
}
