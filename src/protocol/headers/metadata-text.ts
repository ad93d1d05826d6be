/** What stands before the name of user metadata in a header; names in lower case follow. */
export const metadataPrefix = "x-amz-meta-";

// eslint-disable-next-line no-control-regex -- a tab is no reason to encode
const printable = /^[\u0020-\u007e\t]*$/;

/**
 * User metadata as S3 sends it: ASCII as it is, anything else as an RFC 2047 encoded word, because
 * header values are bytes without a charset. Source: S3 User Guide, "Working with object metadata".
 */
export function encodeMetadataText(text: string): string {
  if (printable.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text, "utf8").toString("base64")}?=`;
}

/**
 * Reads encoded words in either encoding, several in a row too; other charsets stay as they are. A
 * text that looks like an encoded word itself cannot be told from one, with S3 as with us.
 */
export function decodeMetadataText(value: string): string {
  if (!value.includes("=?")) return value;
  return value
    .replaceAll(/(=\?[^?]+\?[BQbq]\?[^?]*\?=)\s+(?==\?)/g, "$1")
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, encoding: string, text: string) =>
      encoding.toUpperCase() === "B"
        ? Buffer.from(text, "base64").toString("utf8")
        : decodeQuotedPrintable(text),
    );
}

/**
 * User metadata as S3 keeps it: an encoded word that stands for printable ASCII is kept as that
 * text, anything else as it came. Source: recordings of AWS of 2026-02.
 */
export function storedMetadataText(value: string): string {
  if (!/^=\?utf-8\?[bq]\?[^?]+\?=$/i.test(value)) return value;
  const text = decodeMetadataText(value);
  return printable.test(text) ? text : value;
}

function decodeQuotedPrintable(text: string): string {
  const latin1 = text
    .replaceAll("_", " ")
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_escape, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(latin1, "latin1").toString("utf8");
}
