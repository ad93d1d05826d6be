import type { PutResult } from "../core/object-store.ts";
import type { UploadResult } from "./file-service.ts";

/** What callers get of an upload, in the guide's names. */
export function toUploadResult(key: string, sizeBytes: number, result: PutResult): UploadResult {
  return {
    Key: key,
    ETag: result.etag,
    Size: sizeBytes,
    ...(result.versionId === undefined ? {} : { VersionId: result.versionId }),
    ...(result.checksum === undefined ? {} : { checksum: result.checksum }),
  };
}
