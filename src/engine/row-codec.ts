import { crc32 } from "node:zlib";
import { S3Error } from "../protocol/s3-error.ts";
import { asBuffer } from "./index-keys.ts";

/** One byte of format, four of CRC32 over the rest. */
const HEADER_BYTES = 5;
const ROW_FORMAT = 1;

/** A row of JSON, compact because absent fields take no room. */
export function encodeRow(value: unknown): Buffer {
  return encodeBytes(Buffer.from(JSON.stringify(value), "utf8"));
}

export function encodeBytes(payload: Uint8Array): Buffer {
  const row = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  row.writeUInt8(ROW_FORMAT, 0);
  row.writeUInt32BE(crc32(payload), 1);
  row.set(payload, HEADER_BYTES);
  return row;
}

/** Throws S3Error InternalError when the row is not what was written. */
export function decodeRow(row: Uint8Array, what: string): unknown {
  return JSON.parse(decodeBytes(row, what).toString("utf8"));
}

export function decodeBytes(row: Uint8Array, what: string): Buffer {
  const bytes = asBuffer(row);
  const payload = bytes.subarray(HEADER_BYTES);
  const intact =
    bytes.length >= HEADER_BYTES &&
    bytes.readUInt8(0) === ROW_FORMAT &&
    bytes.readUInt32BE(1) === crc32(payload);
  if (!intact) {
    throw new S3Error("InternalError", {
      message: `The index of the storage server is damaged: the record of ${what} fails its checksum.`,
    });
  }
  return payload;
}
