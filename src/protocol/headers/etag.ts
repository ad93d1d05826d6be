/** With quotes, as headers want it; some stores leave them out of their XML (Ceph's CopyObject). */
export function quoteEtag(etag: string): string {
  return etag === "" || etag.endsWith('"') ? etag : `"${etag}"`;
}

/** Without quotes and the `W/` of weak ones. */
export function bareEtag(text: string): string {
  return text
    .trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1");
}

/** Whether `If-Match` or `If-None-Match`, a list of ETags or `*`, means the bare ETag. */
export function matchesEtag(header: string, etag: string): boolean {
  return header.split(",").some((entry) => entry.trim() === "*" || bareEtag(entry) === etag);
}
