import type { Engine, ListAnswer, UploadRecord } from "../../engine/engine.ts";
import { escapeXml } from "../../protocol/xml/render.ts";
import { canonicalId } from "../buckets/canonical-id.ts";
import { type ListParameters, readListParameters } from "../listings/list-parameters.ts";
import { commonPrefixTags, listDocument, tag, uploadTag } from "../listings/list-xml.ts";
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
    const { encode, limit, prefix, delimiter } = parameters;
    const keyMarker = request.query.get("key-marker") ?? "";
    const uploadIdMarker = keyMarker === "" ? "" : (request.query.get("upload-id-marker") ?? "");
    const page = uploadPage(request.engine, {
      bucket: bucket.name,
      parameters,
      keyMarker,
      uploadIdMarker,
    });
    const ownerId = canonicalId(bucket.ownerAccountId);
    const next = nextMarkers(page);
    return xmlTextResponse(
      listDocument("ListMultipartUploadsResult", [
        tag("Bucket", bucket.name),
        tag("KeyMarker", encode(keyMarker)),
        tag("UploadIdMarker", escapeXml(uploadIdMarker)),
        tag("NextKeyMarker", encode(next.key)),
        tag("NextUploadIdMarker", escapeXml(next.uploadId)),
        tag("Prefix", prefix === "" ? undefined : encode(prefix)),
        tag("Delimiter", delimiter === undefined ? undefined : encode(delimiter)),
        tag("EncodingType", parameters.urlEncoded ? "url" : undefined),
        tag("MaxUploads", limit),
        tag("IsTruncated", page.truncated),
        ...page.entries.map((record) => uploadTag(record, { encode, ownerId })),
        commonPrefixTags(page.commonPrefixes, encode),
      ]),
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
