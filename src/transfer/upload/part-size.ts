import { StorageError } from "../../core/errors.ts";
import { s3Limits, transferLimits } from "../../core/limits.ts";

/**
 * Size of the parts of an upload: as asked for, but at least S3's 5 MiB, large enough for 10,000
 * parts to hold the object, and a multiple of the store's unit (Qumulo wants 4,096 bytes).
 */
export function choosePartSize(
  sizeBytes: number,
  unitBytes: number,
  askedBytes: number = usualPartBytes(sizeBytes),
): number {
  if (sizeBytes > s3Limits.objectBytes) {
    throw new StorageError(
      "InvalidArgument",
      `The object has ${sizeBytes} bytes; S3 allows ${s3Limits.objectBytes}.`,
    );
  }
  const unit = Math.max(transferLimits.partUnitBytes, unitBytes);
  const least = Math.max(
    askedBytes,
    s3Limits.minPartBytes,
    Math.ceil(sizeBytes / s3Limits.partsPerUpload),
  );
  return Math.min(Math.ceil(least / unit) * unit, s3Limits.maxPartBytes);
}

function usualPartBytes(sizeBytes: number): number {
  const { partBytes, largeObjectBytes } = transferLimits;
  return sizeBytes < largeObjectBytes ? partBytes : 2 * partBytes;
}
