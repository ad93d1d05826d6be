import { metadataPrefix } from "../../protocol/headers/metadata-text.ts";
import { formatTaggingHeader } from "../../protocol/headers/tagging-header.ts";
import type { FormFields } from "../../protocol/forms/post-policy.ts";
import { invalidArgument } from "../../protocol/s3-error.ts";
import { parseXml } from "../../protocol/xml/parse.ts";
import { readTaggingDocument } from "../objects/tags.ts";
import { RequestHeaders } from "../request-headers.ts";

/** Fields that say what the header of their name says to PutObject, or how to answer. */
const plainFields: ReadonlySet<string> = new Set([
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
  "redirect",
  "success_action_redirect",
  "success_action_status",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
]);
const prefixes = [
  metadataPrefix,
  "x-amz-checksum-",
  "x-amz-grant-",
  "x-amz-object-lock-",
  "x-amz-server-side-encryption",
];
/** Of the request's own headers these stay: who sent it, from where, and whose the bucket should be. */
const kept: ReadonlySet<string> = new Set([
  "host",
  "origin",
  "referer",
  "user-agent",
  "x-amz-expected-bucket-owner",
]);

const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * A form as the headers of a PutObject that says the same, so that one code judges both. Throws S3Error
 * InvalidArgument for what no header could carry, and for tags what a document of tags throws.
 */
export function formHeaders(wire: ReadonlyMap<string, string>, fields: FormFields): RequestHeaders {
  const headers = new Map([...wire].filter(([name]) => kept.has(name)));
  for (const [name, value] of fields) {
    const header = headerOf(name);
    if (header === undefined) continue;
    // Metadata are encoded when they are given out, other values go as they are.
    const isMetadata = name.startsWith(metadataPrefix);
    if (!headerName.test(header) || (!isMetadata && controls.test(value))) {
      throw invalidArgument("Header value cannot be represented using ISO-8859-1.", name, value);
    }
    headers.set(header, Buffer.from(value, "utf8").toString("latin1"));
  }
  const tags = taggingHeader(fields.get("tagging"));
  if (tags !== undefined) headers.set("x-amz-tagging", tags);
  return new RequestHeaders(headers);
}

function headerOf(field: string): string | undefined {
  if (field === "acl") return "x-amz-acl";
  const isHeader = plainFields.has(field) || prefixes.some((prefix) => field.startsWith(prefix));
  return isHeader ? field : undefined;
}

/** A document of another root counts for nothing. Source: recordings of AWS of 2026-02. */
function taggingHeader(document: string | undefined): string | undefined {
  if (document === undefined || document === "") return undefined;
  if (parseXml(document).name !== "Tagging") return undefined;
  const tags = readTaggingDocument(Buffer.from(document, "utf8"));
  return formatTaggingHeader(Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])));
}
