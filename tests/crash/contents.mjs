// @ts-check
import { createHash } from "node:crypto";

/**
 * Bytes that say which write made them, so that any torn or mixed content is noticed.
 * @param {string} label
 * @param {number} length
 */
export function contentOf(label, length) {
  const header = Buffer.from(`${JSON.stringify({ label, length })}\n`, "utf8");
  const bytes = Buffer.alloc(Math.max(length, header.length));
  let block = createHash("sha256").update(label).digest();
  for (let offset = 0; offset < bytes.length; offset += block.length) {
    block.copy(bytes, offset);
    if (offset % 4096 === 0) block = createHash("sha256").update(block).digest();
  }
  header.copy(bytes, 0);
  return bytes;
}

/**
 * The label of intact bytes; throws for any other bytes.
 * @param {Buffer} bytes
 */
export function labelOf(bytes) {
  const end = bytes.indexOf("\n");
  const { label, length } = JSON.parse(bytes.subarray(0, end).toString("utf8"));
  if (Buffer.compare(contentOf(label, length), bytes) !== 0)
    throw new Error(`The bytes of ${label} are torn.`);
  return label;
}
