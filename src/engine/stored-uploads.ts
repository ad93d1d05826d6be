import { S3Error } from "../protocol/s3-error.ts";
import type { KnownBucket } from "./bucket-store.ts";
import { partNumberOf, partRange, uploadKey } from "./index-keys.ts";
import type { ChosenPart } from "./multipart-rules.ts";
import { addressOf } from "./object-store.ts";
import type { PartRow, UploadRow } from "./rows.ts";
import type { Tables } from "./tables.ts";
import { sequenceOf } from "./version-id.ts";

/** The key of an upload's row. Throws KeyTooLongError. */
export function uploadRowKey(bucket: KnownBucket, key: string, sequence: number): Buffer {
  return uploadKey(bucket.id, addressOf(bucket, key).key, sequence);
}

/** Throws NoSuchUpload. */
export function findUpload(
  tables: Tables,
  bucket: KnownBucket,
  key: string,
  uploadId: string,
): UploadRow {
  const row = readUpload(tables, bucket, key, uploadId);
  if (row === undefined) throw noSuchUpload(uploadId);
  return row;
}

/** Undefined: no such upload is open. */
export function readUpload(
  tables: Tables,
  bucket: KnownBucket,
  key: string,
  uploadId: string,
): UploadRow | undefined {
  const row = tables.uploads.get(uploadRowKey(bucket, key, sequenceOf(uploadId)));
  return row?.id === uploadId ? row : undefined;
}

export function noSuchUpload(uploadId: string): S3Error {
  return new S3Error("NoSuchUpload", { extra: { UploadId: uploadId } });
}

/** The parts of an upload with numbers above `after`, in the order of their numbers. */
export function* storedParts(
  tables: Tables,
  uploadSequence: number,
  after = 0,
): Iterable<ChosenPart> {
  for (const entry of tables.parts.range(partRange(uploadSequence, after))) {
    yield { partNumber: partNumberOf(entry.key), row: entry.row };
  }
}

/** All parts of an upload by their number. */
export function readParts(tables: Tables, uploadSequence: number): Map<number, PartRow> {
  return new Map(
    Array.from(storedParts(tables, uploadSequence), ({ partNumber, row }) => [partNumber, row]),
  );
}
