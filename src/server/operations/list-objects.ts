import { canonicalId } from "../buckets/canonical-id.ts";
import { listPage } from "../listings/list-page.ts";
import { readListParameters } from "../listings/list-parameters.ts";
import { commonPrefixTags, listDocument, objectTag, tag } from "../listings/list-xml.ts";
import type { Operation } from "../operation.ts";
import { xmlTextResponse } from "../xml-response.ts";

/** The first listing, which s3cmd and older tools use: markers are keys, owners always shown. */
export const listObjects: Operation = {
  name: "ListObjects",
  handle: async (request) => {
    const bucket = request.bucket();
    const parameters = readListParameters(request.query, "max-keys");
    const { encode, limit, prefix, delimiter } = parameters;
    const marker = request.query.get("marker") ?? "";
    const page = listPage(request.engine, { bucket: bucket.name, parameters, after: marker });
    const ownerId = canonicalId(bucket.ownerAccountId);
    // Without a delimiter the last key is the next marker, so S3 leaves it out.
    const next = page.truncated && delimiter !== undefined ? page.last : undefined;
    return xmlTextResponse(
      listDocument("ListBucketResult", [
        tag("Name", bucket.name),
        tag("Prefix", encode(prefix)),
        tag("Marker", encode(marker)),
        tag("NextMarker", next === undefined ? undefined : encode(next)),
        tag("MaxKeys", limit),
        tag("Delimiter", delimiter === undefined ? undefined : encode(delimiter)),
        tag("EncodingType", parameters.urlEncoded ? "url" : undefined),
        tag("IsTruncated", page.truncated),
        ...page.entries.map((record) => objectTag(record, { encode, ownerId })),
        commonPrefixTags(page.commonPrefixes, encode),
      ]),
    );
  },
};
