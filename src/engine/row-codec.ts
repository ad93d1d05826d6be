import { crc32 } from "node:zlib";
import { S3Error } from "../protocol/s3-error.ts";
import { asBuffer, numberKey, readNumber } from "./index-keys.ts";

/** How rows of one table are written and read. */
export interface RowCodec<Row> {
  encode(row: Row, key: Uint8Array): Buffer;
  /** Throws S3Error InternalError when the bytes are not what was written under that key. */
  decode(bytes: Uint8Array, key: Uint8Array): Row;
}

/** Names a row for the message that it is damaged. */
export type RowName = (key: Uint8Array) => string;

/**
 * A row: the format of its frame (1 byte), the shape of what is inside (1), CRC32 over shape, key and
 * content (4), content. The first format had neither shape nor key: format (1), CRC32 (4), content.
 */
export const frameFormat = 2;
export const headerBytes = 6;
const firstFrame = 1;
const firstHeaderBytes = 5;

interface Framed {
  readonly shape: number;
  readonly content: Buffer;
}

/**
 * Rows of JSON, compact because absent fields take no room. A new optional field needs nothing; for
 * a change of meaning append to `upgrades` a function that makes the new shape of the one before.
 */
export function jsonRows<Row>(
  name: RowName,
  upgrades: readonly ((older: unknown) => unknown)[] = [],
): RowCodec<Row> {
  const current = upgrades.length + 1;
  return {
    encode: (row, key) => frame(Buffer.from(JSON.stringify(row), "utf8"), key, current),
    decode: (bytes, key) => {
      const { shape, content } = unframe(bytes, key, name);
      if (shape > current) throw tooNew(name(key));
      let value: unknown = JSON.parse(content.toString("utf8"));
      for (const upgrade of upgrades.slice(shape - 1)) value = upgrade(value);
      return value as Row;
    },
  };
}

/** Rows of bytes as they are. What is read lies in LMDB's memory or a copy of it; do not change it. */
export function byteRows(name: RowName): RowCodec<Uint8Array> {
  return {
    encode: (row, key) => frame(row, key, 1),
    decode: (bytes, key) => unframe(bytes, key, name).content,
  };
}

/** A number of eight bytes; bare, without frame and checksum, in the first format. */
export function numberRows(name: RowName): RowCodec<number> {
  return {
    encode: (row, key) => frame(numberKey(row), key, 1),
    decode: (bytes, key) =>
      readNumber(isBareNumber(bytes) ? bytes : unframe(bytes, key, name).content),
  };
}

function frame(content: Uint8Array, key: Uint8Array, shape: number): Buffer {
  const row = Buffer.allocUnsafe(headerBytes + content.length);
  row.writeUInt8(frameFormat, 0);
  row.writeUInt8(shape, 1);
  row.set(content, headerBytes);
  row.writeUInt32BE(checksumOf(row, key), 2);
  return row;
}

function checksumOf(row: Buffer, key: Uint8Array): number {
  return crc32(row.subarray(headerBytes), crc32(key, row.readUInt8(1)));
}

/** True for the bytes of any row as they were written under that key. */
export function isIntact(bytes: Uint8Array, key: Uint8Array): boolean {
  return isBareNumber(bytes) || contentOf(asBuffer(bytes), key) !== undefined;
}

/** Sequence numbers are below 2^53, and no frame has the number 0. */
function isBareNumber(bytes: Uint8Array): boolean {
  return bytes.length === numberKey(0).length && bytes[0] === 0;
}

function unframe(bytes: Uint8Array, key: Uint8Array, name: RowName): Framed {
  const framed = contentOf(asBuffer(bytes), key);
  if (framed !== undefined) return framed;
  throw new S3Error("InternalError", {
    message:
      "The index of the storage server is damaged: " +
      `the record of ${name(key)} fails its checksum.`,
  });
}

function contentOf(row: Buffer, key: Uint8Array): Framed | undefined {
  if (row.length >= headerBytes && row.readUInt8(0) === frameFormat) {
    if (row.readUInt32BE(2) !== checksumOf(row, key)) return undefined;
    return { shape: row.readUInt8(1), content: row.subarray(headerBytes) };
  }
  if (row.length < firstHeaderBytes || row.readUInt8(0) !== firstFrame) return undefined;
  const content = row.subarray(firstHeaderBytes);
  return row.readUInt32BE(1) === crc32(content) ? { shape: 1, content } : undefined;
}

function tooNew(what: string): S3Error {
  return new S3Error("InternalError", {
    message: `The record of ${what} was written by a newer version of the storage server.`,
  });
}
