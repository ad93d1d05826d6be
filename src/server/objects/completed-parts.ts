import { checksumAlgorithms } from "../../core/checksum.ts";
import { s3Limits } from "../../core/limits.ts";
import type { CompleteUploadInput, UploadRecord } from "../../engine/engine.ts";
import { bareEtag } from "../../protocol/headers/etag.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { childrenNamed, childText, parseXml, type XmlElement } from "../../protocol/xml/parse.ts";

type CompletedParts = CompleteUploadInput["parts"];

/**
 * Reads a `CompleteMultipartUpload` document. Throws S3Error MalformedXML, InvalidPartOrder, or
 * InvalidRequest when a composite upload's part comes without its checksum.
 */
export function parseCompletedParts(bytes: Uint8Array, upload: UploadRecord): CompletedParts {
  const root = parseXml(bytes, { root: "CompleteMultipartUpload" });
  const parts = childrenNamed(root, "Part").map((part) => parsePart(part, upload));
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

function parsePart(part: XmlElement, upload: UploadRecord): CompletedParts[number] {
  const number = childText(part, "PartNumber")?.trim() ?? "";
  const etag = childText(part, "ETag")?.trim();
  if (!/^\d{1,9}$/.test(number) || etag === undefined) throw new S3Error("MalformedXML");
  const partNumber = Number(number);
  const checksum = partChecksum(part, partNumber, upload);
  return {
    partNumber,
    etag: bareEtag(etag),
    ...(checksum !== undefined && { checksum }),
  };
}

/** Of the upload's own algorithm; others, which SDKs send by habit, were checked with the part. */
function partChecksum(
  part: XmlElement,
  partNumber: number,
  upload: UploadRecord,
): string | undefined {
  const given = checksumAlgorithms.filter(
    (name) => childText(part, `Checksum${name}`) !== undefined,
  );
  const { checksum } = upload;
  if (checksum === undefined) return undefined;
  if (given.includes(checksum.algorithm)) return childText(part, `Checksum${checksum.algorithm}`);
  if (checksum.type === "FULL_OBJECT") return undefined;
  throw new S3Error("InvalidRequest", {
    message:
      `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete ` +
      `request must include the checksum for each part. It was missing for part ${partNumber} in ` +
      "the request.",
  });
}
