import type { ObjectHeaders } from "../../core/object-store.ts";

const headerNames = [
  "contentType",
  "contentEncoding",
  "contentDisposition",
  "contentLanguage",
  "cacheControl",
  "expires",
  "metadata",
  "storageClass",
] as const satisfies readonly (keyof ObjectHeaders)[];

/** What is stored with the object, out of all options or of a HEAD's answer. */
export function objectHeaders(options: ObjectHeaders): ObjectHeaders {
  const headers: Partial<Record<(typeof headerNames)[number], unknown>> = {};
  for (const name of headerNames) if (options[name] !== undefined) headers[name] = options[name];
  return headers as ObjectHeaders;
}
