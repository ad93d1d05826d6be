/**
 * Keys of the index, in the order of their bytes. Sequence numbers and bucket ids take eight bytes.
 * Object keys that something follows are escaped (00 -> 00 FF, end 00 00), which keeps their order;
 * the longest, 1,024 NULs, then has 2,066 bytes, below LMDB's 4,026 with pages of 8 KiB.
 */

const numberBytes = 8;
/** Where an object's key begins in a key that `objectKey` has made. */
export const objectKeyStart = numberBytes;
const endBytes = 2;
const uint32 = 0x1_0000_0000;

export function numberKey(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(numberBytes);
  writeNumber(bytes, value, 0);
  return bytes;
}

export function readNumber(bytes: Uint8Array, offset = 0): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.readUInt32BE(offset) * uint32 + view.readUInt32BE(offset + 4);
}

function writeNumber(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32BE(Math.floor(value / uint32), offset);
  bytes.writeUInt32BE(value % uint32, offset + 4);
}

export function blobKey(blobId: string): Buffer {
  return Buffer.from(blobId, "hex");
}

/** Row of a key that has one row per bucket. */
export function objectKey(bucketId: number, key: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(numberBytes + key.length);
  writeNumber(bytes, bucketId, 0);
  bytes.set(key, numberBytes);
  return bytes;
}

export function keyOfObjectKey(indexKey: Uint8Array): Buffer {
  return asBuffer(indexKey).subarray(numberBytes);
}

/** Row of a version: newest first within its key. */
export function versionKey(bucketId: number, key: Uint8Array, sequence: number): Buffer {
  return sequenceKey(bucketId, key, Number.MAX_SAFE_INTEGER - sequence);
}

/** Row of an upload: oldest first within its key. */
export function uploadKey(bucketId: number, key: Uint8Array, sequence: number): Buffer {
  return sequenceKey(bucketId, key, sequence);
}

/** The object's key inside a version's or upload's row key. */
export function keyOfSequenceKey(indexKey: Uint8Array): Buffer {
  const bytes = asBuffer(indexKey);
  return unescapeKey(bytes.subarray(numberBytes, bytes.length - endBytes - numberBytes));
}

function sequenceKey(bucketId: number, key: Uint8Array, sequence: number): Buffer {
  const start = keyRange(bucketId, key).start;
  const bytes = Buffer.allocUnsafe(start.length + numberBytes);
  bytes.set(start, 0);
  writeNumber(bytes, sequence, start.length);
  return bytes;
}

/** Every key of a table, as no key begins with a byte FF. */
export const everything: IndexRange = { start: Buffer.from([0]), end: Buffer.alloc(32, 0xff) };

export interface IndexRange {
  /** Inclusive. */
  readonly start: Buffer;
  /** Exclusive. */
  readonly end: Buffer;
}

/** All versions, or all uploads, of one key. */
export function keyRange(bucketId: number, key: Uint8Array): IndexRange {
  const escaped = escapeKey(key);
  const start = Buffer.alloc(numberBytes + escaped.length + endBytes);
  writeNumber(start, bucketId, 0);
  start.set(escaped, numberBytes);
  const end = Buffer.from(start);
  end.writeUInt8(1, end.length - 1);
  return { start, end };
}

/** Everything of a bucket from an object key on, as far as keys start with `prefix`. */
export function bucketRange(
  bucketId: number,
  fromKey: Uint8Array,
  escaped: boolean,
  prefix: Uint8Array = noKey,
): IndexRange {
  const write = (key: Uint8Array): Buffer => objectKey(bucketId, escaped ? escapeKey(key) : key);
  return { start: write(fromKey), end: successor(write(prefix)) ?? numberKey(bucketId + 1) };
}

const noKey = Buffer.alloc(0);

export function partKey(uploadSequence: number, partNumber: number): Buffer {
  const bytes = Buffer.allocUnsafe(numberBytes + 4);
  writeNumber(bytes, uploadSequence, 0);
  bytes.writeUInt32BE(partNumber, numberBytes);
  return bytes;
}

export function partNumberOf(indexKey: Uint8Array): number {
  return asBuffer(indexKey).readUInt32BE(numberBytes);
}

/** Parts with numbers above `after`. */
export function partRange(uploadSequence: number, after: number): IndexRange {
  return { start: partKey(uploadSequence, after + 1), end: numberKey(uploadSequence + 1) };
}

/** The first text after all that start with `prefix`; undefined when there is none. */
export function successor(prefix: Uint8Array): Buffer | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) return undefined;
  const bytes = Buffer.from(prefix.subarray(0, length));
  bytes.writeUInt8((prefix[length - 1] ?? 0) + 1, length - 1);
  return bytes;
}

function escapeKey(key: Uint8Array): Uint8Array {
  const source = asBuffer(key);
  if (!source.includes(0)) return source;
  const escaped: number[] = [];
  for (const byte of source) {
    escaped.push(byte);
    if (byte === 0) escaped.push(0xff);
  }
  return Uint8Array.from(escaped);
}

function unescapeKey(escaped: Buffer): Buffer {
  if (!escaped.includes(0)) return escaped;
  const key: number[] = [];
  for (let index = 0; index < escaped.length; index += 1) {
    const byte = escaped.readUInt8(index);
    key.push(byte);
    if (byte === 0) index += 1;
  }
  return Buffer.from(key);
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
