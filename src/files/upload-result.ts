import type { WrittenObject } from "../transfer/written-object.ts";
import type { UploadResult } from "./file-service.ts";

/** What callers get of an upload, in the guide's names. */
export function toUploadResult(written: WrittenObject): UploadResult {
  const { key, etag, sizeBytes, versionId, checksum } = written;
  return {
    Key: key,
    ETag: etag,
    Size: sizeBytes,
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    ...(checksum === undefined ? {} : { checksum }),
  };
}
