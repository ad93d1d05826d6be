import { archiveLimits } from "../../core/archive-limits.ts";
import { ArchiveFault } from "./archive-fault.ts";
import { type ByteReader, endsEarly } from "./byte-reader.ts";
import { numberIn } from "./read-tar-header.ts";
import { tarBlockBytes } from "./tar-header.ts";

/** A file that was packed without its holes. Source: GNU tar's manual, "Storing Sparse Files". */
export interface SparseFile {
  /** With its holes. Undefined: the archive does not say. */
  sizeBytes?: number;
  /** Offset and length of each piece, one after the other. Undefined: they stand before its bytes. */
  map?: number[];
  /** Of the format 0.0, until its length comes. */
  offset?: number;
  major?: number;
}

/** Takes in what a PAX record says of it; `what`: behind `GNU.sparse.`. */
export function takeSparse(file: SparseFile, what: string, value: string): void {
  if (what === "size" || what === "realsize") file.sizeBytes = decimal(value);
  else if (what === "map") file.map = value === "" ? [] : value.split(",").map(decimal);
  else if (what === "offset") file.offset = decimal(value);
  else if (what === "numbytes") {
    if (file.offset === undefined) throw damagedMap("has a length without an offset");
    (file.map ??= []).push(file.offset, decimal(value));
    delete file.offset;
  } else if (what === "numblocks") file.map ??= [];
  else if (what === "major") file.major = decimal(value);
}

/** The map of GNU's own format, whose first pieces stand in the header and others in blocks behind it. */
export async function readOldMap(reader: ByteReader, header: Buffer): Promise<SparseFile> {
  const map: number[] = [];
  takePieces(map, header.subarray(386, 482));
  for (let goesOn = header[482] !== 0; goesOn;) {
    const block = await nextBlock(reader);
    takePieces(map, block.subarray(0, 504));
    goesOn = block[504] !== 0;
  }
  return { sizeBytes: numberIn(header, 483, 12), map };
}

function takePieces(map: number[], fields: Buffer): void {
  for (let at = 0; at < fields.length && fields[at + 12] !== 0; at += 24) {
    map.push(numberIn(fields, at, 12), numberIn(fields, at + 12, 12));
  }
  assertRoom(map.length / 2);
}

/** Throws IntegrityError where the archive does not say. */
export function wholeSize({ sizeBytes, major = 0 }: SparseFile): number {
  if (sizeBytes !== undefined && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 && major <= 1)
    return sizeBytes;
  throw damagedMap(major > 1 ? `is of the version ${major}` : "names no size of the file");
}

interface Filling {
  /** Of all of the file. */
  readonly sizeBytes: number;
  /** Of what the archive has of it. */
  readonly storedBytes: number;
  /** Hears of zeros. */
  readonly count: (zeros: Uint8Array) => void;
}

/** All of a sparse file, zeros where its holes are. Throws IntegrityError when the map is not of its bytes. */
export async function* filledIn(
  reader: ByteReader,
  { map: given }: SparseFile,
  { sizeBytes, storedBytes, count }: Filling,
): AsyncGenerator<Uint8Array, void> {
  const from = reader.position;
  const map = given ?? (await readLeadingMap(reader, storedBytes));
  assertFits(map, sizeBytes, storedBytes - (reader.position - from));
  let at = 0;
  for (let index = 0; index < map.length; index += 2) {
    const [offset = 0, length = 0] = [map[index], map[index + 1]];
    yield* zeros(offset - at, count);
    yield* reader.stream(length);
    at = offset + length;
  }
  yield* zeros(sizeBytes - at, count);
}

const hole = new Uint8Array(64 * 1024);

/** Whether a chunk is of a hole, so that a file need not have its zeros. */
export function isHole(chunk: Uint8Array): boolean {
  return chunk.buffer === hole.buffer;
}

function* zeros(lengthBytes: number, count: (zeros: Uint8Array) => void): Generator<Uint8Array> {
  for (let left = lengthBytes; left > 0;) {
    const part = hole.subarray(0, left);
    count(part);
    left -= part.length;
    yield part;
  }
}

/** Of the format 1.0: how many pieces, then their offsets and lengths, a number a line, to a whole block. */
async function readLeadingMap(reader: ByteReader, storedBytes: number): Promise<number[]> {
  const numbers: number[] = [];
  let digits = "";
  for (let left = storedBytes; left >= tarBlockBytes; left -= tarBlockBytes) {
    for (const byte of await nextBlock(reader)) {
      if (byte !== 0x0a) {
        digits += String.fromCharCode(byte);
        if (digits.length > mostDigits) throw damagedMap("has a number that cannot be");
        continue;
      }
      numbers.push(decimal(digits));
      digits = "";
      const [pieces = 0] = numbers;
      assertRoom(pieces);
      if (numbers.length === 1 + 2 * pieces) return numbers.slice(1);
    }
  }
  throw damagedMap("does not end");
}

async function nextBlock(reader: ByteReader): Promise<Buffer> {
  const block = await reader.upTo(tarBlockBytes);
  if (block.length < tarBlockBytes) throw endsEarly(reader.position);
  return block;
}

function assertFits(map: readonly number[], sizeBytes: number, storedBytes: number): void {
  assertRoom(map.length / 2);
  let at = 0;
  let sum = 0;
  for (let index = 0; index < map.length; index += 2) {
    const [offset = -1, length = -1] = [map[index], map[index + 1]];
    const isPlace = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && length >= 0;
    if (!isPlace || offset < at) throw damagedMap("has pieces that lie over each other");
    at = offset + length;
    sum += length;
  }
  if (!(at <= sizeBytes)) throw damagedMap("has pieces behind the file's end");
  if (sum !== storedBytes) {
    throw damagedMap(`is of ${sum} bytes, and the archive has ${storedBytes} of it`);
  }
}

function assertRoom(pieces: number): void {
  if (pieces <= archiveLimits.sparsePieces) return;
  throw damagedMap(`has more than ${archiveLimits.sparsePieces} pieces`);
}

const mostDigits = 15;

function decimal(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw damagedMap("has a number that cannot be");
  return Number(text);
}

function damagedMap(what: string): ArchiveFault {
  const tell = (archive: string) => `${archive} is damaged: the map of a sparse file ${what}.`;
  return new ArchiveFault("IntegrityError", tell, {
    remedy: "Make it again, without --sparse if that does not help.",
  });
}
