import { checksumAlgorithms } from "../../core/checksum.ts";
import { s3Limits } from "../../core/limits.ts";
import type { CompleteUploadInput, UploadRecord } from "../../engine/engine.ts";
import {
  type CompletedPart,
  parseCompleteMultipartUpload,
} from "../../protocol/documents/complete-multipart-upload.ts";
import { bareEtag } from "../../protocol/headers/etag.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { askedChecksum } from "./upload-checksum.ts";

type CompletedParts = CompleteUploadInput["parts"];

/** Without `checksum` when the upload is not open any more. */
export type JudgedUpload = Pick<UploadRecord, "uploadId" | "checksum">;

/**
 * Reads a `CompleteMultipartUpload` document. Throws S3Error MalformedXML, InvalidPartOrder, or
 * InvalidRequest when there is none or a composite upload's part comes without its checksum.
 */
export function parseCompletedParts(bytes: Uint8Array, upload: JudgedUpload): CompletedParts {
  if (bytes.length === 0) {
    throw new S3Error("InvalidRequest", { message: "You must specify at least one part" });
  }
  const parts = parseCompleteMultipartUpload(bytes).map((part) => judgePart(part, upload));
  if (parts.length === 0 || parts.length > s3Limits.partsPerUpload) {
    throw new S3Error("MalformedXML");
  }
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1];
    if (before !== undefined && before.partNumber >= part.partNumber) {
      throw new S3Error("InvalidPartOrder", { extra: { UploadId: upload.uploadId } });
    }
  }
  return parts;
}

function judgePart(part: CompletedPart, upload: JudgedUpload): CompletedParts[number] {
  const { partNumber, etag } = part;
  const checksum = partChecksum(part, upload);
  return { partNumber, etag: bareEtag(etag), ...(checksum !== undefined && { checksum }) };
}

/**
 * Of the upload's own algorithm. Of another one S3 has kept nothing, so that the part is not the one
 * that is described. Source: recordings of AWS of 2026-02.
 */
function partChecksum(
  { partNumber, etag, checksums }: CompletedPart,
  { uploadId, checksum }: JudgedUpload,
): string | undefined {
  if (checksum === undefined) return undefined;
  const asked = askedChecksum({ checksum });
  const other = checksumAlgorithms.find(
    (each) => each !== asked?.algorithm && checksums[each] !== undefined,
  );
  if (other !== undefined && asked === undefined) {
    throw new S3Error("InvalidPart", {
      extra: { ETag: bareEtag(etag), PartNumber: String(partNumber), UploadId: uploadId },
    });
  }
  if (other !== undefined) {
    throw new S3Error("BadDigest", {
      message:
        `The ${other.toLowerCase()} you specified for part ${partNumber} did not match what we ` +
        "received.",
    });
  }
  const given = checksums[checksum.algorithm];
  if (given !== undefined) return given;
  if (checksum.type === "FULL_OBJECT") return undefined;
  throw new S3Error("InvalidRequest", {
    message:
      `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete ` +
      `request must include the checksum for each part. It was missing for part ${partNumber} in ` +
      "the request.",
  });
}
