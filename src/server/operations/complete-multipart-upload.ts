import { documentLimits } from "../../core/limits.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import { uriEncode } from "../../protocol/query.ts";
import { renderCompleteResult } from "../../protocol/documents/written-object.ts";
import type { CompleteUploadInput, UploadRecord } from "../../engine/engine.ts";
import { type JudgedUpload, parseCompletedParts } from "../objects/completed-parts.ts";
import { assertMayUseKey } from "../objects/object-keys.ts";
import { requestedUpload } from "../objects/requested-upload.ts";
import { readExpectedChecksum } from "../objects/upload-checksum.ts";
import { readWriteCondition } from "../objects/write-condition.ts";
import { writtenHeaders } from "../objects/written-headers.ts";
import type { Operation, OperationRequest } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

export const completeMultipartUpload: Operation = {
  name: "CompleteMultipartUpload",
  conditionKeys: { "s3:objectcreationoperation": "true" },
  checksumsOf: "object",
  documentBytes: documentLimits.completionBytes,
  handle: async (request) => {
    const bucket = request.bucket();
    const condition = readWriteCondition(request);
    const open = openUpload(request);
    const upload = open ?? unknownUpload(request);
    await assertMayUseKey(request, bucket, open?.encryption);
    const checksum = readExpectedChecksum(request, upload);
    const objectSizeBytes = readObjectSize(request);
    const document = await request.readDocument({ emptyAllowed: true });
    const parts = readParts(document, upload, open !== undefined);
    const record = await request.engine.completeUpload({
      bucket: bucket.name,
      key: request.key,
      uploadId: upload.uploadId,
      parts,
      ...(checksum !== undefined && { checksum }),
      ...(objectSizeBytes !== undefined && { objectSizeBytes }),
      ...(condition !== undefined && { condition }),
    });
    const path = `${bucket.name}/${uriEncode(request.key, { keepSlash: true })}`;
    const answer = xmlResponse(
      renderCompleteResult({
        location: `${request.origin}/${path}`,
        bucket: bucket.name,
        key: request.key,
        etag: record.etag,
        checksum: record.checksum,
      }),
    );
    return { ...answer, headers: { ...answer.headers, ...writtenHeaders(bucket, record) } };
  },
};

/** A document counts only for an upload that is there, or was. */
function readParts(
  document: Uint8Array,
  upload: JudgedUpload,
  isOpen: boolean,
): CompleteUploadInput["parts"] {
  try {
    return parseCompletedParts(document, upload);
  } catch (error) {
    if (isOpen || !(error instanceof S3Error)) throw error;
    throw new S3Error("NoSuchUpload", { extra: { UploadId: upload.uploadId }, cause: error });
  }
}

/**
 * Undefined: no such upload is open. It may have become an object already, whose answer got lost;
 * the engine knows.
 */
function openUpload(request: OperationRequest): UploadRecord | undefined {
  try {
    return requestedUpload(request);
  } catch (error) {
    if (error instanceof S3Error && error.code === "NoSuchUpload") return undefined;
    throw error;
  }
}

function unknownUpload(request: OperationRequest): JudgedUpload {
  return { uploadId: request.query.get("uploadId") ?? "" };
}

function readObjectSize(request: OperationRequest): number | undefined {
  const name = "x-amz-mp-object-size";
  const text = request.header(name);
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalidArgument(`Value for ${name} header is invalid.`, name, text);
}
