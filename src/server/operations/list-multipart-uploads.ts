import type { Engine, UploadRecord } from "../../engine/engine.ts";
import type { ListAnswer } from "../../engine/list-queries.ts";
import { renderListMultipartUploads } from "../../protocol/documents/listings/list-multipart-uploads.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { type ListParameters, readListParameters } from "../listings/list-parameters.ts";
import { askedChecksum } from "../objects/upload-checksum.ts";
import type { Operation } from "../operation.ts";
import { xmlTextResponse } from "../xml-response.ts";

/**
 * Open uploads, by key and then from the oldest. An upload-id marker without a key marker counts for
 * nothing and is not repeated. On a page that ends in a common prefix AWS leaves NextKeyMarker empty,
 * which sends clients back to the start; here it is that prefix. And a marker may name an upload that
 * is gone, so that clients can abort while they page; AWS answers InvalidArgument to foreign ids.
 */
export const listMultipartUploads: Operation = {
  name: "ListMultipartUploads",
  handle: async (request) => {
    const bucket = request.bucket();
    const parameters = readListParameters(request.query, "max-uploads");
    const keyMarker = request.query.get("key-marker") ?? "";
    const uploadIdMarker = keyMarker === "" ? "" : (request.query.get("upload-id-marker") ?? "");
    const page = uploadPage(request.engine, {
      bucket: bucket.name,
      parameters,
      keyMarker,
      uploadIdMarker,
    });
    const next = nextMarkers(page);
    return xmlTextResponse(
      renderListMultipartUploads({
        ...parameters,
        bucket: bucket.name,
        keyMarker,
        uploadIdMarker,
        nextKeyMarker: next.key,
        nextUploadIdMarker: next.uploadId,
        isTruncated: page.truncated,
        entries: page.entries.map((upload) => ({ ...upload, checksum: askedChecksum(upload) })),
        commonPrefixes: page.commonPrefixes,
        ownerId: canonicalId(bucket.ownerAccountId),
      }),
    );
  },
};

interface UploadPageQuery {
  readonly bucket: string;
  readonly parameters: ListParameters;
  readonly keyMarker: string;
  readonly uploadIdMarker: string;
}

function uploadPage(engine: Engine, query: UploadPageQuery): ListAnswer<UploadRecord> {
  const { prefix, delimiter, limit } = query.parameters;
  if (limit === 0) return { entries: [], commonPrefixes: [], truncated: false };
  return engine.listUploads({
    bucket: query.bucket,
    prefix,
    limit,
    ...(delimiter !== undefined && { delimiter }),
    ...(query.keyMarker !== "" && { keyMarker: query.keyMarker }),
    ...(query.uploadIdMarker !== "" && { uploadIdMarker: query.uploadIdMarker }),
  });
}

/** S3 names the last upload of any page, also of the last one. */
function nextMarkers(page: ListAnswer<UploadRecord>): { key: string; uploadId: string } {
  const last = page.entries.at(-1);
  if (page.last !== undefined && page.last !== last?.key && page.truncated) {
    return { key: page.last, uploadId: "" };
  }
  return { key: last?.key ?? "", uploadId: last?.uploadId ?? "" };
}
