import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { invalidArgument, type S3Error } from "../protocol/s3-error.ts";

/** S3's name for the one version of a key that was made without versioning. */
export const nullVersion = "null";

const sequenceBytes = 7;
const versionIdBytes = 24;
const checkBytes = 4;
const uploadIdBytes = 36;

/** 32 URL-safe characters, as AWS's are: the sequence number, then chance, then a check of both. */
export function makeVersionId(sequence: number): string {
  const bytes = makeBytes(sequence, versionIdBytes);
  bytes.writeUInt32BE(checkOf(bytes), versionIdBytes - checkBytes);
  return bytes.toString("base64url");
}

/**
 * Whether a store made the id, so that its version is there or was. Ids of older stores carry no check:
 * look for the version as well.
 */
export function isOwnVersionId(id: string): boolean {
  const bytes = Buffer.from(id, "base64url");
  if (bytes.length !== versionIdBytes || bytes.toString("base64url") !== id) return false;
  return bytes.readUInt32BE(versionIdBytes - checkBytes) === checkOf(bytes);
}

function checkOf(bytes: Buffer): number {
  return crc32(bytes.subarray(0, versionIdBytes - checkBytes));
}

/** 48 URL-safe characters. */
export function makeUploadId(sequence: number): string {
  return makeBytes(sequence, uploadIdBytes).toString("base64url");
}

function makeBytes(sequence: number, length: number): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(sequenceBytes), randomBytes(length - sequenceBytes)]);
  bytes.writeUIntBE(Math.floor(sequence / 256), 0, 6);
  bytes.writeUInt8(sequence % 256, 6);
  return bytes;
}

/** The number inside an id of ours; for other text any number, so compare the whole id as well. */
export function sequenceOf(id: string): number {
  const bytes = Buffer.from(id, "base64url");
  if (bytes.length < sequenceBytes) return 0;
  const sequence = bytes.readUIntBE(0, 6) * 256 + bytes.readUInt8(6);
  return Math.min(sequence, Number.MAX_SAFE_INTEGER);
}

/** True for `null` and for ids that AWS or this store could have made. */
export function isVersionId(text: string): boolean {
  return text === nullVersion || /^[A-Za-z0-9._-]{32}$/.test(text);
}

export function invalidVersionId(versionId: string): S3Error {
  return invalidArgument("Invalid version id specified", "versionId", versionId);
}
