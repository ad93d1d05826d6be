import { createHash } from "node:crypto";
import type { ObjectChecksum } from "../core/checksum.ts";
import { s3Limits } from "../core/limits.ts";
import { checksumOfParts } from "../protocol/checksums/checksum-of-parts.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { CompleteUploadInput, WriteCondition } from "./engine.ts";
import type { PartRow, UploadRow, VersionRow } from "./rows.ts";
import { bareEtag } from "../protocol/headers/etag.ts";
import { etagMatches, noSuchKey, preconditionFailed } from "./write-conditions.ts";

export interface ChosenPart {
  readonly partNumber: number;
  readonly row: PartRow;
}

type RequestedPart = CompleteUploadInput["parts"][number];

/**
 * The stored parts that a completion names. Throws what S3 throws: InvalidPartOrder, InvalidPart,
 * EntityTooSmall, or InvalidRequest when a composite upload's part comes without its checksum.
 */
export function chooseParts(
  requested: readonly RequestedPart[],
  upload: UploadRow,
  stored: ReadonlyMap<number, PartRow>,
): ChosenPart[] {
  assertAscending(requested);
  const parts = requested.map((part): ChosenPart => {
    const row = stored.get(part.partNumber);
    if (row === undefined || !partFits(part, row)) throw invalidPart(upload, part);
    assertPartChecksumGiven(part, upload);
    return { partNumber: part.partNumber, row };
  });
  for (const part of parts.slice(0, -1)) {
    if (part.row.size < s3Limits.minPartBytes) throw tooSmall(part);
  }
  return parts;
}

function assertAscending(requested: readonly RequestedPart[]): void {
  if (requested.length === 0) throw new S3Error("MalformedXML");
  for (const [index, part] of requested.entries()) {
    const previous = requested[index - 1];
    if (previous !== undefined && part.partNumber <= previous.partNumber) {
      throw new S3Error("InvalidPartOrder");
    }
  }
}

function partFits(part: RequestedPart, row: PartRow): boolean {
  const checksumFits = part.checksum === undefined || part.checksum === row.sum;
  return bareEtag(part.etag) === row.etag && checksumFits;
}

function assertPartChecksumGiven(part: RequestedPart, upload: UploadRow): void {
  if (upload.sum?.[1] !== "COMPOSITE" || part.checksum !== undefined) return;
  const algorithm = upload.sum[0].toLowerCase();
  throw new S3Error("InvalidRequest", {
    message:
      `The upload was created using a ${algorithm} checksum. The complete request must include ` +
      `the checksum for each part. It was missing for part ${part.partNumber} in the request.`,
  });
}

function invalidPart(upload: UploadRow, part: RequestedPart): S3Error {
  return new S3Error("InvalidPart", {
    extra: {
      ETag: bareEtag(part.etag),
      PartNumber: String(part.partNumber),
      UploadId: upload.id,
    },
  });
}

function tooSmall(part: ChosenPart): S3Error {
  return new S3Error("EntityTooSmall", {
    extra: {
      ETag: part.row.etag,
      MinSizeAllowed: String(s3Limits.minPartBytes),
      PartNumber: String(part.partNumber),
      ProposedSize: String(part.row.size),
    },
  });
}

/** MD5 over the MD5s of the parts, a dash and their number. */
export function multipartEtag(parts: readonly ChosenPart[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(Buffer.from(part.row.etag, "hex"));
  return `${hash.digest("hex")}-${parts.length}`;
}

/**
 * The object's checksum, from those of its parts. Undefined when the upload has no algorithm or a
 * part came without one.
 */
export function multipartChecksum(
  upload: UploadRow,
  parts: readonly ChosenPart[],
): ObjectChecksum | undefined {
  if (upload.sum === undefined) return undefined;
  const [algorithm, type] = upload.sum;
  const sums = parts.map(({ row }) => ({ value: row.sum, lengthBytes: row.size }));
  return checksumOfParts(algorithm, type, sums);
}

/** Throws BadDigest or InvalidRequest when the object is not what the client expects. */
export function assertExpectations(
  input: CompleteUploadInput,
  checksum: ObjectChecksum | undefined,
  sizeBytes: number,
): void {
  const { objectSizeBytes } = input;
  if (objectSizeBytes !== undefined && objectSizeBytes !== sizeBytes) {
    throw new S3Error("InvalidRequest", {
      message:
        `The provided 'x-amz-mp-object-size' header value ${objectSizeBytes} does not match what ` +
        `was computed: ${sizeBytes}`,
    });
  }
  if (input.checksum === undefined || checksum === undefined) return;
  const withoutCount = checksum.value.replace(/-\d+$/, "");
  if (input.checksum === checksum.value || input.checksum === withoutCount) return;
  throw new S3Error("BadDigest", {
    message: `The ${checksum.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  });
}

/**
 * Judges a completion's condition as S3 does: besides the key's state now, it counts what happened
 * to the key since the upload began.
 */
export function assertCompletionCondition(
  condition: WriteCondition | undefined,
  key: string,
  upload: UploadRow,
  current: VersionRow | undefined,
): void {
  if (condition?.ifNoneMatchAny === true) {
    if (current !== undefined) throw preconditionFailed("If-None-Match");
    if (upload.deleted === 1) throw conflict("If-None-Match", key);
  }
  if (condition?.ifMatch === undefined) return;
  if (current === undefined) throw noSuchKey(key);
  if (!etagMatches(condition.ifMatch, current.etag)) throw preconditionFailed("If-Match");
  if (current.seq > upload.seq) throw conflict("If-Match", key);
}

function conflict(condition: string, key: string): S3Error {
  return new S3Error("ConditionalRequestConflict", { extra: { Condition: condition, Key: key } });
}
