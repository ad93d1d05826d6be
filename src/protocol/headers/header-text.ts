import { isUtf8 } from "node:buffer";

/*
 * Node gives and takes header values with one character for each byte (latin1); S3 means UTF-8.
 */

// eslint-disable-next-line no-control-regex -- the whole of ASCII is meant
const ascii = /^[\u0000-\u007f]*$/;

/** The view of a UTF-8 text that node sends byte by byte; it refuses characters above U+00FF. */
export function encodeHeaderText(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** Bytes that are not UTF-8 stay what Latin-1 makes of them. */
export function decodeHeaderText(latin1: string): string {
  if (ascii.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : latin1;
}
