import type { BucketRecord, ObjectRecord } from "../../engine/engine.ts";

/** Told on every bucket that has ever been versioned. */
export function versionHeader(
  bucket: BucketRecord,
  record: Pick<ObjectRecord, "versionId">,
): Record<string, string> {
  return bucket.settings.versioning === undefined ? {} : { "x-amz-version-id": record.versionId };
}
