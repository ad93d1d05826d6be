import type { ObjectRecord } from "../../engine/engine.ts";
import { quoteEtag } from "../../protocol/headers/etag.ts";
import { uriEncode } from "../../protocol/query.ts";
import { element } from "../../protocol/xml/render.ts";
import { writtenHeaders } from "../objects/written-headers.ts";
import type { Operation, OperationRequest, S3Response } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";
import { storeObject } from "./put-object.ts";

/**
 * A browser's form: a PutObject whose headers are the form's fields. The form says how to answer, too:
 * by sending the browser elsewhere, by a document (201), or with nothing in it (200, 204).
 */
export const postObject: Operation = {
  name: "PostObject",
  judgedBy: "form",
  conditionKeys: { "s3:objectcreationoperation": "true", "s3:authtype": "POST" },
  tagsByHeader: true,
  md5InErrors: "hex",
  handle: async (request) => {
    const record = await storeObject(request);
    const headers = {
      etag: quoteEtag(record.etag),
      location: locationOf(request),
      ...writtenHeaders(request.bucket(), record),
    };
    const redirect = redirectOf(request, record);
    if (redirect !== undefined) return { status: 303, headers: { ...headers, location: redirect } };
    const status = request.header("success_action_status");
    if (status === "201") return created(request, record, headers);
    return { status: status === "200" ? 200 : 204, headers };
  },
};

function created(
  request: OperationRequest,
  { etag }: ObjectRecord,
  headers: Readonly<Record<string, string>>,
): S3Response {
  const answer = xmlResponse(
    element(
      "PostResponse",
      element("Location", locationOf(request)),
      element("Bucket", request.bucketName),
      element("Key", request.key),
      element("ETag", quoteEtag(etag)),
    ),
  );
  return { ...answer, status: 201, headers: { ...answer.headers, ...headers } };
}

function locationOf({ origin, bucketName, key }: OperationRequest): string {
  return `${origin}/${bucketName}/${uriEncode(key, { keepSlash: true })}`;
}

/** Undefined: the form asks for none, or for what is no address of a page. */
function redirectOf(request: OperationRequest, { etag }: ObjectRecord): string | undefined {
  const { bucketName, key } = request;
  const wanted = request.header("success_action_redirect") ?? request.header("redirect") ?? "";
  if (!/^https?:\/\//i.test(wanted) || !URL.canParse(wanted)) return undefined;
  const told = `bucket=${uriEncode(bucketName)}&key=${uriEncode(key)}&etag=${uriEncode(quoteEtag(etag))}`;
  return `${wanted}${wanted.includes("?") ? "&" : "?"}${told}`;
}
