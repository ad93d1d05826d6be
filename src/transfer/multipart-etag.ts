import { createHash } from "node:crypto";

/**
 * S3's ETag of a multipart object: the MD5 of its parts' MD5s, and their number. Other stores may have
 * ETags of their own. Undefined where a part's ETag is no MD5.
 */
export function multipartEtag(partEtags: readonly string[]): string | undefined {
  const hash = createHash("md5");
  for (const etag of partEtags) {
    const digits = /^"?([0-9a-f]{32})"?$/.exec(etag)?.[1];
    if (digits === undefined) return undefined;
    hash.update(Buffer.from(digits, "hex"));
  }
  return `"${hash.digest("hex")}-${partEtags.length}"`;
}
