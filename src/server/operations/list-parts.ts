import { invalidArgument } from "../../protocol/s3-error.ts";
import { renderListParts } from "../../protocol/documents/upload-parts.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { abortHeaders } from "../objects/abort-date.ts";
import { partChecksum } from "../objects/part-checksum.ts";
import { requestedUpload } from "../objects/requested-upload.ts";
import { askedChecksum } from "../objects/upload-checksum.ts";
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
    const answer = xmlResponse(
      renderListParts({
        bucket: bucket.name,
        key,
        uploadId,
        marker,
        limit,
        isTruncated: found.length > page.length,
        parts: page.map((part) => ({ ...part, checksum: partChecksum(part, upload) })),
        initiatorArn: upload.initiatorArn,
        ownerId: canonicalId(bucket.ownerAccountId),
        storageClass: upload.storageClass ?? "STANDARD",
        checksum: askedChecksum(upload),
      }),
    );
    return { ...answer, headers: { ...answer.headers, ...abortHeaders(bucket, upload) } };
  },
};

function readCount(request: OperationRequest, name: string, byDefault: number): number {
  const text = request.query.get(name);
  if (text === undefined || text === "") return byDefault;
  if (/^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647) return Number(text);
  throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
}
