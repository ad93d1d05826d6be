import { archiveLimits } from "../../core/archive-limits.ts";
import { countOf } from "../../core/count-of.ts";
import { StorageError } from "../../core/errors.ts";
import { type ArchiveEntry, withoutDot } from "./archive-entry.ts";
import { ArchiveFault } from "./archive-fault.ts";
import { ByteReader, endsEarly } from "./byte-reader.ts";
import { beginsTar, readTarHeader, type TarHeader, textOf } from "./read-tar-header.ts";
import { filledIn, readOldMap, type SparseFile, takeSparse, wholeSize } from "./sparse-member.ts";
import { tarBlockBytes } from "./tar-header.ts";

/** What records before a header say in place of it. */
interface TarExtras {
  name?: string;
  sizeBytes?: number;
  modifiedSeconds?: number;
  sparse?: SparseFile;
  /** Of a sparse file, whose name is made up. */
  realName?: string;
}

/** Of files that GNU tar has written without their holes. */
const sparseType = "S";
const sparseWord = "GNU.sparse.";

const refusals: Readonly<Record<string, string>> = {
  "1": "is a hard link",
  "2": "is a symbolic link",
  "3": "is a device",
  "4": "is a device",
  "6": "is a pipe",
};

interface ReadTarOptions {
  /** How errors call the archive. */
  readonly named?: string;
  /** Hears of zeros that no byte of the archive stands for; what it throws ends the reading. */
  readonly count?: (zeros: Uint8Array) => void;
}

/**
 * The members of a tar archive: ustar, PAX and GNU's long names, sparse files with their holes filled
 * in. An archive that is cut off, also one without its end marker, is an IntegrityError; so is anything
 * behind that marker. What begins as no archive does is an InvalidArgument, which calls it as it is `named`.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  { named = "This", count = () => undefined }: ReadTarOptions = {},
): AsyncGenerator<ArchiveEntry, void> {
  const reader = new ByteReader(source);
  const everywhere: TarExtras = {};
  let extras: TarExtras = {};
  let recordBytes = 0;
  try {
    for (let block = await firstBlock(reader, named); ; block = await nextBlock(reader)) {
      if (isZero(block)) {
        await readEnd(reader);
        return;
      }
      const header = readTarHeader(block, reader.position - tarBlockBytes);
      if ("xgLK".includes(header.type)) {
        recordBytes += header.sizeBytes;
        if (recordBytes > archiveLimits.recordBytes) {
          throw damaged(`records of ${recordBytes} bytes stand before a member`);
        }
        Object.assign(header.type === "g" ? everywhere : extras, await readExtras(reader, header));
        continue;
      }
      if (header.type === sparseType) extras.sparse = await readOldMap(reader, block);
      const { entry, finish } = openEntry(reader, header, { ...everywhere, ...extras }, count);
      extras = {};
      recordBytes = 0;
      yield entry;
      await finish();
    }
  } finally {
    await reader.leave();
  }
}

async function nextBlock(reader: ByteReader): Promise<Buffer> {
  const block = await reader.upTo(tarBlockBytes);
  if (block.length < tarBlockBytes) throw endsEarly(reader.position);
  return block;
}

async function firstBlock(reader: ByteReader, source: string): Promise<Buffer> {
  const block = await reader.upTo(tarBlockBytes);
  const { length } = block;
  if (length === 0) throw noArchive(`${source} is empty, and so no archive.`);
  const what = `${source} is no tar, tar.gz or ZIP archive`;
  if (length < tarBlockBytes)
    throw noArchive(`${what}, or one that was cut off after ${countOf(length, "byte")}.`);
  if (!isZero(block) && !beginsTar(block)) throw noArchive(`${what}: it begins like none.`);
  return block;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Reads on to the last byte, so that the sum of what is around the tar is looked at too. */
async function readEnd(reader: ByteReader): Promise<void> {
  let isEnd = isZero(await nextBlock(reader));
  let paddingBytes = 0;
  while (isEnd) {
    const rest = await reader.some(Number.MAX_SAFE_INTEGER);
    if (rest === undefined) break;
    paddingBytes += rest.length;
    isEnd = paddingBytes <= archiveLimits.paddingBytes && isZero(rest);
  }
  if (!isEnd) throw damaged("there is more behind its end marker");
}

function openEntry(
  reader: ByteReader,
  header: TarHeader,
  extras: TarExtras,
  count: (zeros: Uint8Array) => void,
): { readonly entry: ArchiveEntry; readonly finish: () => Promise<void> } {
  const given = withoutDot(extras.realName ?? extras.name ?? header.name);
  const { type } = header;
  // Of links and devices none follow, whatever the header says.
  const storedBytes = "123456".includes(type) ? 0 : (extras.sizeBytes ?? header.sizeBytes);
  const sparse = isFile(type) ? extras.sparse : undefined;
  const sizeBytes = sparse === undefined ? storedBytes : wholeSize(sparse);
  const contents =
    sparse === undefined
      ? reader.stream(storedBytes)
      : filledIn(reader, sparse, { sizeBytes, storedBytes, count });
  const entry = {
    ...nameAndKind(type, given),
    sizeBytes,
    modifiedSeconds: extras.modifiedSeconds ?? header.modifiedSeconds,
    chunks: () => contents,
  };
  const end = reader.position + storedBytes;
  const finish = async (): Promise<void> => {
    const padding = (tarBlockBytes - (storedBytes % tarBlockBytes)) % tarBlockBytes;
    for await (const _rest of reader.stream(end - reader.position + padding));
  };
  return { entry, finish };
}

/** Files of the oldest archives have no type, and their folders end in `/`. */
function nameAndKind(type: string, given: string): Pick<ArchiveEntry, "name" | "refusal"> {
  if (type === "5") return { name: given === "" || given.endsWith("/") ? given : `${given}/` };
  if (isFile(type)) return { name: given };
  return { name: given, refusal: refusals[type] ?? `is of the kind ${type}` };
}

function isFile(type: string): boolean {
  return ["0", "\0", "7", sparseType].includes(type);
}

async function readExtras(reader: ByteReader, header: TarHeader): Promise<TarExtras> {
  const { sizeBytes, type } = header;
  const padded = Math.ceil(sizeBytes / tarBlockBytes) * tarBlockBytes;
  const bytes = await reader.upTo(padded);
  if (bytes.length < padded) throw endsEarly(reader.position);
  const record = bytes.subarray(0, sizeBytes);
  if (type === "K") return {};
  return type === "L" ? { name: textOf(record) } : readPax(record);
}

/** `LENGTH KEYWORD=VALUE\n`, the length counting all of it. */
function readPax(record: Buffer): TarExtras {
  const extras: TarExtras = {};
  for (let at = 0; at < record.length;) {
    const space = record.indexOf(0x20, at);
    const digits = space === -1 ? "" : record.toString("latin1", at, space);
    const end = at + Number(/^\d{1,8}$/.test(digits) ? digits : Number.NaN);
    const equals = record.indexOf(0x3d, space);
    const isWhole =
      end <= record.length && end > equals && equals > space && record[end - 1] === 10;
    if (!isWhole) throw damaged("a PAX record cannot be read");
    const keyword = record.toString("latin1", space + 1, equals);
    takePax(extras, keyword, record.subarray(equals + 1, end - 1));
    at = end;
  }
  return extras;
}

/** An empty value takes nothing from the header (POSIX, "pax Extended Header"). */
function takePax(extras: TarExtras, keyword: string, value: Buffer): void {
  if (value.length === 0) return;
  if (keyword === "path") extras.name = textOf(value);
  else if (keyword === "GNU.sparse.name") extras.realName = textOf(value);
  else if (keyword.startsWith(sparseWord)) {
    takeSparse((extras.sparse ??= {}), keyword.slice(sparseWord.length), value.toString("latin1"));
  } else if (keyword === "size" || keyword === "mtime") {
    const text = value.toString("latin1");
    const number = Number(text);
    if (!(keyword === "size" ? /^\d{1,15}$/ : /^-?\d{1,12}(?:\.\d*)?$/).test(text))
      throw damaged(`a PAX record has no ${keyword} that could be`);
    if (keyword === "size") extras.sizeBytes = number;
    else extras.modifiedSeconds = number;
  }
}

function noArchive(message: string): StorageError {
  return new StorageError("InvalidArgument", message, {
    operation: "extractArchive",
    remedy: "Look whether it is the file that you mean, and whole.",
  });
}

function damaged(what: string): ArchiveFault {
  return new ArchiveFault("IntegrityError", (archive) => `${archive} is damaged: ${what}.`, {
    remedy: "Make or fetch it again.",
  });
}
