// eslint-disable-next-line no-control-regex
const printable = /^[\u0020-\u007e\t]*$/;

/**
 * User metadata as S3 sends it: ASCII as it is, anything else as an RFC 2047 encoded word, because
 * header values are bytes without a charset.
 */
export function encodeMetadata(text: string): string {
  if (printable.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text, "utf8").toString("base64")}?=`;
}
