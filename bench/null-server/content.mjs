// @ts-check
// What every synthetic object contains: one pseudo-random pattern over and over. Its length is a prime, so
// that a part at a wrong place, of whatever size, has wrong bytes.
import { createHash } from "node:crypto";
import { combineChecksums, createChecksum } from "../../dist/protocol/checksums/checksum.js";

const periodBytes = 1_048_573;
const pattern = makePattern();
/** Above this an object counts as uploaded in parts, as clients do it. */
const partBytes = 8 * 1024 * 1024;

/**
 * The bytes from `offset` on, as pieces that are not copied.
 * @param {number} offset
 * @param {number} length
 * @returns {Generator<Buffer>}
 */
export function* contentPieces(offset, length) {
  let at = offset % periodBytes;
  for (let left = length; left > 0;) {
    const piece = pattern.subarray(at, Math.min(periodBytes, at + left));
    yield piece;
    left -= piece.length;
    at = 0;
  }
}

/** @type {Map<string, string>} */
const known = new Map();

/**
 * In base64, of an object of `size` bytes.
 * @param {"CRC32" | "CRC64NVME"} algorithm
 * @param {number} size
 */
export function contentChecksum(algorithm, size) {
  return remembered(`${algorithm} ${size}`, () => {
    const whole = { digest: checksumOf(algorithm, periodBytes), lengthBytes: periodBytes };
    const rest = size % periodBytes;
    const parts = Array.from({ length: Math.floor(size / periodBytes) }, () => whole);
    parts.push({ digest: checksumOf(algorithm, rest), lengthBytes: rest });
    return combineChecksums(algorithm, parts).toString("base64");
  });
}

/**
 * The MD5; of a large object a made-up one in the form of many parts, since nobody reads it again.
 * @param {number} size
 */
export function contentEtag(size) {
  return remembered(`ETag ${size}`, () => {
    const md5 = createHash("md5");
    if (size > partBytes) {
      return `"${md5.update(`${size}`).digest("hex")}-${Math.ceil(size / partBytes)}"`;
    }
    for (const piece of contentPieces(0, size)) md5.update(piece);
    return `"${md5.digest("hex")}"`;
  });
}

/**
 * @param {"CRC32" | "CRC64NVME"} algorithm
 * @param {number} size
 */
function checksumOf(algorithm, size) {
  const checksum = createChecksum(algorithm);
  for (const piece of contentPieces(0, size)) checksum.update(piece);
  return checksum.digest();
}

/**
 * @param {string} name
 * @param {() => string} make
 */
function remembered(name, make) {
  const before = known.get(name);
  if (before !== undefined) return before;
  const made = make();
  known.set(name, made);
  return made;
}

function makePattern() {
  // From the system's allocator, outside of Node's pool: it is sent as it is.
  const bytes = Buffer.allocUnsafeSlow(periodBytes);
  const random = randomFrom(20_261_126);
  for (let at = 0; at < periodBytes; at += 1) bytes[at] = Math.floor(random() * 256);
  return bytes;
}

/**
 * Numbers in [0, 1) that are the same in every run (mulberry32).
 * @param {number} seed
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
