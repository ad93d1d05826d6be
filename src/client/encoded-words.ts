/**
 * S3 gives non-ASCII user metadata back as RFC 2047 encoded words: `=?UTF-8?Q?caf=C3=A9?=`.
 * Source: S3 User Guide, "Working with object metadata". Other charsets stay as they are.
 */
export function decodeEncodedWords(value: string): string {
  if (!value.includes("=?")) return value;
  return value
    .replaceAll(/(=\?[^?]+\?[BQbq]\?[^?]*\?=)\s+(?==\?)/g, "$1")
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, encoding: string, text: string) =>
      encoding.toUpperCase() === "B"
        ? Buffer.from(text, "base64").toString("utf8")
        : decodeQuotedPrintable(text),
    );
}

function decodeQuotedPrintable(text: string): string {
  const latin1 = text
    .replaceAll("_", " ")
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_escape, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(latin1, "latin1").toString("utf8");
}
