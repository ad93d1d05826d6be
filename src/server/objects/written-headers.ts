import type { BucketRecord, ObjectRecord } from "../../engine/engine.ts";
import { newEncryptionHeaders } from "./encryption.ts";
import { expirationHeader } from "./expiration.ts";

/** Headers of every answer that made a version: its id, its encryption and when it will expire. */
export function writtenHeaders(bucket: BucketRecord, record: ObjectRecord): Record<string, string> {
  const expiration = expirationHeader(bucket.settings.lifecycle, record);
  return {
    ...newEncryptionHeaders(record.encryption),
    ...(bucket.settings.versioning === "Enabled" && { "x-amz-version-id": record.versionId }),
    ...(expiration !== undefined && { "x-amz-expiration": expiration }),
  };
}
