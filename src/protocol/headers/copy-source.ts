import { uriEncode } from "../query.ts";
import { invalidArgument, S3Error } from "../s3-error.ts";

/** What `x-amz-copy-source` names. */
export interface CopySourceAddress {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

export const copySourceHeader = "x-amz-copy-source";

const versionMark = "?versionId=";

/** `bucket/key?versionId=...`, percent-encoded but for the slashes and the question mark. */
export function formatCopySource({ bucket, key, versionId }: CopySourceAddress): string {
  const path = `${uriEncode(bucket)}/${uriEncode(key, { keepSlash: true })}`;
  return versionId === undefined ? path : `${path}${versionMark}${uriEncode(versionId)}`;
}

/**
 * Reads `bucket/key`, URL-encoded (a space may be a plus), an optional slash in front and an optional
 * `?versionId=` behind; also as the whole URL, whose host says nothing. Throws S3Error InvalidArgument;
 * NotImplemented for access points. Source: recordings of AWS of 2026-02.
 */
export function parseCopySource(text: string): CopySourceAddress {
  if (text.startsWith("arn:")) {
    throw new S3Error("NotImplemented", { extra: { Header: copySourceHeader } });
  }
  const split = text.lastIndexOf(versionMark);
  const path = decode(split === -1 ? text : text.slice(0, split), text)
    .replace(/^https?:\/\/[^/]*/i, "")
    .replace(/^\//, "");
  const versionId = split === -1 ? undefined : decode(text.slice(split + versionMark.length), text);
  const slash = path.indexOf("/");
  const key = slash === -1 ? "" : path.slice(slash + 1);
  if (slash < 1 || key === "") {
    throw invalidArgument(
      "Invalid copy source object key",
      copySourceHeader,
      // What AWS says here is the name once more.
      copySourceHeader,
    );
  }
  return { bucket: path.slice(0, slash), key, versionId };
}

function decode(part: string, whole: string): string {
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch {
    throw invalidArgument("Copy Source must be URL-encoded UTF-8", copySourceHeader, whole);
  }
}
