import { checksumAlgorithms } from "../core/checksum.ts";
import type { StoredEntry } from "../protocol/documents/listings/stored-entry.ts";
import { objectKeyStart } from "./index-keys.ts";
import { ScannedRow } from "./scanned-row.ts";

type Checksum = NonNullable<StoredEntry["checksum"]>;

/**
 * What a listing shows of a row of `current`, found in its JSON: to parse all of it takes ten times as
 * long.
 */
export class ListedRow implements StoredEntry {
  readonly source = new ScannedRow();
  readonly keyStart = objectKeyStart;
  etagStart = -1;
  etagEnd = -1;
  lastModifiedMs = -1;
  sizeBytes = -1;
  checksum: Checksum | undefined;
  storageClass: string | undefined;
  #lastSum: KnownSum | undefined;
  /** The value that was met last has a text whose bytes are not the text's own. */
  #isEscaped = false;

  get bytes(): Uint8Array {
    return this.source.bytes;
  }

  get keyEnd(): number {
    return this.source.keyEnd;
  }

  /** Of the object, good until the next row. */
  get key(): Buffer {
    return this.source.bytes.subarray(this.keyStart, this.source.keyEnd);
  }

  /** False: it is not as today's rows are, or damaged, and has to be read as a whole. */
  read(): boolean {
    this.etagStart = -1;
    this.lastModifiedMs = -1;
    this.sizeBytes = -1;
    this.checksum = undefined;
    this.storageClass = undefined;
    const { source } = this;
    if (source.shape !== 1 || !source.isIntact() || !this.#readMembers()) return false;
    return this.lastModifiedMs >= 0 && this.sizeBytes >= 0 && this.etagStart >= 0;
  }

  /** False: one is written in a way that only JSON.parse reads. */
  #readMembers(): boolean {
    const { bytes, keyEnd, end } = this.source;
    // On the brace, then on each comma.
    for (let at = keyEnd; at < end && bytes[at] !== closeBrace;) {
      let name = 0;
      at += 2;
      for (; at < end && bytes[at] !== quote; at += 1) name = (name * 31 + (bytes[at] ?? 0)) | 0;
      // What is listed stands before it, or all behind; see `versionRows`.
      if (name === names.seq && this.etagStart !== -1) return true;
      const value = at + 2;
      at = this.#endOfValue(value);
      if (!this.#readMember(name, value, at)) return false;
    }
    return true;
  }

  #readMember(name: number, start: number, end: number): boolean {
    switch (name) {
      case names.at:
        this.lastModifiedMs = numberIn(this.source.bytes, start, end);
        return true;
      case names.size:
        this.sizeBytes = numberIn(this.source.bytes, start, end);
        return true;
      case names.etag:
        this.etagStart = start + 1;
        this.etagEnd = end - 1;
        return this.source.bytes[start] === quote && !this.#isEscaped;
      case names.class:
        this.storageClass = this.source.bytes.toString("latin1", start + 1, end - 1);
        return this.source.bytes[start] === quote && !this.#isEscaped;
      case names.sum:
        return this.#readChecksum(start);
      default:
        return true;
    }
  }

  /** Of the comma or brace behind it. */
  #endOfValue(start: number): number {
    const { bytes, end } = this.source;
    this.#isEscaped = false;
    let depth = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === quote) at = this.#endOfText(at + 1);
      else if (byte === openBrace || byte === openBracket) depth += 1;
      else if (depth === 0 && (byte === comma || byte === closeBrace)) return at;
      else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    }
    return end;
  }

  /** Of its second quote. */
  #endOfText(start: number): number {
    const { bytes, end } = this.source;
    let at = start;
    for (; at < end && bytes[at] !== quote; at += 1) {
      if (bytes[at] !== backslash) continue;
      this.#isEscaped = true;
      at += 1;
    }
    return at;
  }

  /** `["CRC32","FULL_OBJECT","..."]`, nearly always of the same algorithm and type as the one before. */
  #readChecksum(start: number): boolean {
    const { bytes } = this.source;
    if (this.#lastSum === undefined || !startsWith(bytes, start, this.#lastSum.written)) {
      this.#lastSum = knownSums.find(({ written }) => startsWith(bytes, start, written));
    }
    this.checksum = this.#lastSum?.checksum;
    return this.checksum !== undefined;
  }
}

interface KnownSum {
  /** Of its JSON, all before the value. */
  readonly written: Uint8Array;
  readonly checksum: Checksum;
}

const knownSums: readonly KnownSum[] = checksumAlgorithms.flatMap((algorithm) =>
  (["FULL_OBJECT", "COMPOSITE"] as const).map((type) => ({
    written: Buffer.from(`["${algorithm}","${type}",`),
    checksum: { algorithm, type },
  })),
);

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const zero = 0x30;
/** Fewer than those of the largest number that a double tells from its neighbours. */
const mostDigits = 15;

const names = {
  at: nameNumber("at"),
  size: nameNumber("size"),
  etag: nameNumber("etag"),
  class: nameNumber("class"),
  sum: nameNumber("sum"),
  seq: nameNumber("seq"),
};

function nameNumber(name: string): number {
  return Buffer.from(name).reduce((number, byte) => (number * 31 + byte) | 0, 0);
}

/** -1: it is none of digits alone that a double holds. */
function numberIn(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > mostDigits) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function startsWith(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text[index]) return false;
  }
  return true;
}
