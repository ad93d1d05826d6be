import type { RequestTrace } from "../request-trace.ts";

/** How the caller has proven who it is, in S3's words. Undefined: it is nobody, or not proven. */
export function signatureOf({ caller, understood, operation }: RequestTrace) {
  if (caller === undefined || caller.kind === "anonymous") return undefined;
  if (understood?.link !== undefined) return { version: "SigV2", method: "QueryString" };
  if (operation === "PostObject") return { version: "SigV4", method: "HtmlForm" };
  const isHeader = understood?.claim?.kind === "header";
  return { version: "SigV4", method: isHeader ? "AuthHeader" : "QueryString" };
}
