import { renderXml, s3Namespace, type XmlNode } from "../protocol/xml/render.ts";
import type { S3Response } from "./operation.ts";

/** A 200 with a document in S3's namespace. */
export function xmlResponse(root: XmlNode): S3Response {
  return xmlTextResponse(renderXml(root, { namespace: s3Namespace }));
}

/** A 200 with a document that is rendered already. */
export function xmlTextResponse(body: string | Uint8Array): S3Response {
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}
