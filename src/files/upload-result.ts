import type { WrittenObject } from "../transfer/written-object.ts";
import type { UploadResult } from "./result-types.ts";

/** What callers get of an upload, in the guide's names. */
export function toUploadResult({ key, sizeBytes, put }: WrittenObject): UploadResult {
  const { etag, versionId, checksum } = put;
  return {
    Key: key,
    ETag: etag,
    Size: sizeBytes,
    ...(versionId !== undefined && { VersionId: versionId }),
    ...(checksum !== undefined && { checksum }),
  };
}
