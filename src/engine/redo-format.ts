import { fstatSync, readSync } from "node:fs";
import { gmac, gmacBytes } from "./gmac.ts";
import { numberKey, readNumber } from "./index-keys.ts";
import { isTableName, type TableName } from "./tables.ts";

/**
 * A record of the redo files: a mark (4 bytes), the length of what follows the header (4), its GMAC
 * (8); then the sequence number of the record before (8), its own (8), and the changes: length and
 * name of the table (1 + n), what (1: put, 0: removed), lengths of key (2) and row (4), key, row.
 */
const formatMark = 0x5245_444f;
const headerBytes = 8 + gmacBytes;
const nonce = Buffer.from("redo-records", "latin1");
const numbersBytes = 16;
const changeBytes = 8;

/** A row as it stands in the index from then on; undefined: removed. */
export interface Change {
  readonly table: TableName;
  readonly key: Uint8Array;
  readonly row: Uint8Array | undefined;
}

export interface RedoRecord {
  readonly previous: number;
  readonly sequence: number;
  readonly changes: readonly Change[];
}

export function encodeRecord({ previous, sequence, changes }: RedoRecord): Buffer {
  let length = numbersBytes;
  for (const { table, key, row } of changes) {
    length += changeBytes + table.length + key.length + (row?.length ?? 0);
  }
  const record = Buffer.allocUnsafe(headerBytes + length);
  record.set(numberKey(previous), headerBytes);
  record.set(numberKey(sequence), headerBytes + 8);
  let at = headerBytes + numbersBytes;
  for (const { table, key, row } of changes) {
    at = record.writeUInt8(table.length, at);
    at += record.write(table, at, "latin1");
    at = record.writeUInt8(row === undefined ? 0 : 1, at);
    at = record.writeUInt16BE(key.length, at);
    at = record.writeUInt32BE(row?.length ?? 0, at);
    record.set(key, at);
    at += key.length;
    if (row !== undefined) record.set(row, at);
    at += row?.length ?? 0;
  }
  record.writeUInt32BE(formatMark, 0);
  record.writeUInt32BE(length, 4);
  record.set(gmac(nonce, record.subarray(headerBytes)), 8);
  return record;
}

export interface ReadRecord extends RedoRecord {
  /** Where the next one begins. */
  readonly end: number;
}

/** Where reading met something that is no record. */
export interface RedoGap {
  readonly at: number;
}

/**
 * The records of a file. After damage it goes on with the next one that can be read, and says so by a
 * gap in between; a file whose last record was cut off ends with a gap.
 */
export function* readRecords(descriptor: number): Generator<ReadRecord | RedoGap> {
  const { size } = fstatSync(descriptor);
  let at = 0;
  while (at < size) {
    const payload = readPayload(descriptor, at, size);
    const record = payload && decodePayload(payload);
    if (payload === undefined || record === undefined) {
      yield { at };
      at = nextRecord(descriptor, at + 1, size);
      continue;
    }
    at += headerBytes + payload.length;
    yield { ...record, end: at };
  }
}

function readPayload(descriptor: number, at: number, size: number): Buffer | undefined {
  const header = Buffer.alloc(headerBytes);
  if (readSync(descriptor, header, 0, headerBytes, at) < headerBytes) return undefined;
  const length = header.readUInt32BE(4);
  const possible = header.readUInt32BE(0) === formatMark && at + headerBytes + length <= size;
  if (!possible || length < numbersBytes) return undefined;
  const payload = Buffer.allocUnsafe(length);
  readSync(descriptor, payload, 0, length, at + headerBytes);
  return gmac(nonce, payload).equals(header.subarray(8)) ? payload : undefined;
}

function decodePayload(payload: Buffer): RedoRecord | undefined {
  const changes: Change[] = [];
  let at = numbersBytes;
  while (at < payload.length) {
    const nameEnd = at + 1 + payload.readUInt8(at);
    const table = payload.toString("latin1", at + 1, nameEnd);
    if (!isTableName(table)) return undefined;
    const keyAt = nameEnd + changeBytes - 1;
    const rowAt = keyAt + payload.readUInt16BE(nameEnd + 1);
    at = rowAt + payload.readUInt32BE(nameEnd + 3);
    const row = payload.readUInt8(nameEnd) === 1 ? payload.subarray(rowAt, at) : undefined;
    changes.push({ table, key: payload.subarray(keyAt, rowAt), row });
  }
  return { previous: readNumber(payload), sequence: readNumber(payload, 8), changes };
}

const searchBytes = 1 << 20;

/** The next place that may be the start of a record, or the end of the file. */
function nextRecord(descriptor: number, from: number, size: number): number {
  const mark = Buffer.alloc(4);
  mark.writeUInt32BE(formatMark);
  const window = Buffer.alloc(searchBytes);
  for (let at = from; at < size; at += searchBytes - mark.length) {
    const read = readSync(descriptor, window, 0, searchBytes, at);
    const found = window.subarray(0, read).indexOf(mark);
    if (found !== -1) return at + found;
  }
  return size;
}
