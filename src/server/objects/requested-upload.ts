import type { UploadRecord } from "../../engine/engine.ts";
import type { OperationRequest } from "../operation.ts";

/** The open upload that `uploadId` names. Throws NoSuchUpload. */
export function requestedUpload(request: OperationRequest): UploadRecord {
  const uploadId = request.query.get("uploadId") ?? "";
  return request.engine.getUpload(request.bucketName, request.key, uploadId);
}
