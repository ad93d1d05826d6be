import { randomBytes } from "node:crypto";
import { invalidArgument, type S3Error } from "../protocol/s3-error.ts";

/** S3's name for the one version of a key that was made without versioning. */
export const nullVersion = "null";

const sequenceBytes = 7;
const versionIdBytes = 24;
const uploadIdBytes = 36;

/** 32 URL-safe characters, as AWS's are: the sequence number, then chance. */
export function makeVersionId(sequence: number): string {
  return makeId(sequence, versionIdBytes);
}

/** 48 URL-safe characters. */
export function makeUploadId(sequence: number): string {
  return makeId(sequence, uploadIdBytes);
}

function makeId(sequence: number, length: number): string {
  const bytes = Buffer.concat([Buffer.alloc(sequenceBytes), randomBytes(length - sequenceBytes)]);
  bytes.writeUIntBE(Math.floor(sequence / 256), 0, 6);
  bytes.writeUInt8(sequence % 256, 6);
  return bytes.toString("base64url");
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
