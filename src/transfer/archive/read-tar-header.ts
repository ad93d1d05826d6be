import { ArchiveFault } from "./archive-fault.ts";

/** A header as it stands, before what records say in place of it. */
export interface TarHeader {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedSeconds: number;
  readonly type: string;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** `position`: where the block begins, for what is said of a bad one. Throws IntegrityError. */
export function readTarHeader(block: Buffer, position: number): TarHeader {
  if (!hasItsSum(block)) throw notOne(position);
  const sizeBytes = numberIn(block, 124, 12);
  const modifiedSeconds = numberIn(block, 136, 12);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || Number.isNaN(modifiedSeconds)) {
    throw notOne(position);
  }
  const isUstar = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isUstar ? field(block, 345, 155) : "";
  const name = field(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    sizeBytes,
    modifiedSeconds,
    type: String.fromCharCode(block[156] ?? 0),
  };
}

/** A name up to its NUL. Throws IntegrityError when it is no UTF-8: keys are. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const name = end === -1 ? bytes : bytes.subarray(0, end);
  try {
    return utf8.decode(name);
  } catch {
    const shown = Buffer.from(name).toString("latin1").slice(0, 100);
    throw new ArchiveFault(
      "InvalidKey",
      (archive) => `The name ${shown} in ${archive} is no UTF-8.`,
      { remedy: "Make the archive anew with UTF-8 names." },
    );
  }
}

function field(block: Buffer, at: number, length: number): string {
  return textOf(block.subarray(at, at + length));
}

/** Octal digits, or with the highest bit set a number of 256s, as GNU has it. */
export function numberIn(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0;
  if ((first & 0x80) === 0) return octal(block, at, length);
  let value = first & 0x7f;
  // Negative ones begin with 0xff; a time before 1970.
  if (first === 0xff) value = -1;
  for (const byte of block.subarray(at + 1, at + length)) value = value * 256 + byte;
  return value;
}

function octal(block: Buffer, at: number, length: number): number {
  const text = block
    .toString("latin1", at, at + length)
    .replace(/[\0 ]+$/, "")
    .trimStart();
  if (text === "") return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

/** The sum's own field counts as blanks. */
function sumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  block.forEach((byte, at) => {
    if (at < 148 || at >= 156) sum += byte;
  });
  return sum;
}

function hasItsSum(block: Buffer): boolean {
  return octal(block, 148, 8) === sumOf(block);
}

/** Whether a tar begins so, a damaged one as well. */
export function beginsTar(block: Buffer): boolean {
  return block.toString("latin1", 257, 262) === "ustar" || hasItsSum(block);
}

function notOne(position: number): ArchiveFault {
  return new ArchiveFault(
    "IntegrityError",
    (archive) => `${archive} is damaged or no tar: there is no header at byte ${position}.`,
    { remedy: "Make or fetch it again." },
  );
}
