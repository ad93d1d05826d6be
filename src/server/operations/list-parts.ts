import { invalidArgument } from "../../protocol/s3-error.ts";
import { element, optionalElement, type XmlNode } from "../../protocol/xml/render.ts";
import type { PartRecord, UploadRecord } from "../../engine/engine.ts";
import { listDate } from "../listings/list-xml.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { requestedUpload } from "../objects/requested-upload.ts";
import type { Operation, OperationRequest } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

const pageParts = 1000;

export const listParts: Operation = {
  name: "ListParts",
  handle: async (request) => {
    const bucket = request.bucket();
    const upload = requestedUpload(request);
    const limit = Math.min(readCount(request, "max-parts", pageParts), pageParts);
    const marker = readCount(request, "part-number-marker", 0);
    const { uploadId, key } = upload;
    // One more than asked for tells whether there is a next page.
    const found = request.engine.listParts(bucket.name, key, uploadId, marker, limit + 1);
    const page = found.slice(0, limit);
    const ownerId = canonicalId(bucket.ownerAccountId);
    return xmlResponse(
      element(
        "ListPartsResult",
        element("Bucket", bucket.name),
        element("Key", key),
        element("UploadId", uploadId),
        element("PartNumberMarker", marker),
        element("NextPartNumberMarker", page.at(-1)?.partNumber ?? 0),
        element("MaxParts", limit),
        element("IsTruncated", found.length > page.length),
        page.map((part) => renderPart(part, upload)),
        element("Initiator", element("ID", upload.initiatorArn)),
        element("Owner", element("ID", ownerId)),
        element("StorageClass", upload.storageClass ?? "STANDARD"),
        optionalElement("ChecksumAlgorithm", upload.checksum?.algorithm),
        optionalElement("ChecksumType", upload.checksum?.type),
      ),
    );
  },
};

function renderPart(part: PartRecord, upload: UploadRecord): XmlNode {
  return element(
    "Part",
    element("PartNumber", part.partNumber),
    element("LastModified", listDate(part.lastModified)),
    element("ETag", `"${part.etag}"`),
    element("Size", part.sizeBytes),
    upload.checksum === undefined
      ? undefined
      : optionalElement(`Checksum${upload.checksum.algorithm}`, part.checksum),
  );
}

function readCount(request: OperationRequest, name: string, byDefault: number): number {
  const text = request.query.get(name);
  if (text === undefined || text === "") return byDefault;
  if (/^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647) return Number(text);
  throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
}
