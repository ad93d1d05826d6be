// @ts-check
// Files with the bytes that the null server reckons for the same data set, so that either side can be the source.
import {
  mkdirSync,
  openSync,
  closeSync,
  readSync,
  readdirSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { contentChecksum, contentPieces } from "./null-server/content.mjs";
import { keyAt, sizeAt } from "./null-server/synthetic-keys.mjs";
/** @import { DataSet } from "./null-server/synthetic-keys.mjs" */

/** Before the time that the null server tells of its objects. */
const modified = new Date("2026-05-01T00:00:00.000Z");

/**
 * @param {string} folder
 * @param {DataSet} set its prefix is not part of the paths
 */
export function makeTree(folder, set) {
  let made = "";
  for (let index = 0; index < set.count; index += 1) {
    const path = join(folder, keyAt(set, index).slice(set.prefix.length));
    const parent = dirname(path);
    if (parent !== made) mkdirSync((made = parent), { recursive: true });
    makeFile(path, sizeAt(set, index));
  }
}

/**
 * @param {string} path
 * @param {number} size
 */
export function makeFile(path, size) {
  const file = openSync(path, "w");
  for (const piece of contentPieces(0, size)) writeSync(file, piece);
  closeSync(file);
  utimesSync(path, modified, modified);
}

/**
 * Throws when a file does not contain what the null server serves for its size.
 * @param {string} path
 * @param {number} size
 */
export function assertContent(path, size) {
  const { size: actual } = statSync(path);
  if (actual !== size) throw new Error(`${path} has ${actual} bytes instead of ${size}`);
  const buffer = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, "r");
  let sum = 0;
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
    sum = crc32(buffer.subarray(0, read), sum);
  }
  closeSync(file);
  if (sum !== expectedCrc32(size)) throw new Error(`${path} has wrong bytes`);
}

/** @param {number} size */
export function expectedCrc32(size) {
  return Buffer.from(contentChecksum("CRC32", size), "base64").readUInt32BE();
}

/** @param {string} folder @returns {string[]} paths of its files */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}
