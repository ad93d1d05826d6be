import { Readable } from "node:stream";
import { callbackify } from "node:util";
import { crc32 } from "node:zlib";
import type { Entry, getFileNameLowLevel, RandomAccessReader, ZipFile } from "yauzl";
import { StorageError } from "../../core/errors.ts";
import { mib } from "../../core/limits.ts";
import { type ArchiveEntry, withoutDot } from "./archive-entry.ts";
import { ArchiveFault } from "./archive-fault.ts";
import type { BombGuard } from "./bomb-guard.ts";
import type { RandomBytes } from "./random-bytes.ts";

/** The members of a ZIP archive, in the order of its directory. */
export async function* readZip(
  bytes: RandomBytes,
  guard: BombGuard,
): AsyncGenerator<ArchiveEntry, void> {
  const { default: yauzl } = await import("yauzl");
  const reader = readerOf(yauzl.RandomAccessReader, bytes);
  // Names as bytes: those that cannot be unpacked are told as those of tar archives are.
  const options = { autoClose: false, decodeStrings: false };
  let zip: ZipFile;
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(reader, bytes.sizeBytes, options);
  } catch (error) {
    throw damaged(error);
  }
  try {
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry, yauzl.getFileNameLowLevel);
      yield entryOf(entry, name, () => contentsOf(zip, entry, { name, guard }));
    }
  } catch (error) {
    throw damaged(error);
  } finally {
    zip.close();
  }
}

/** Bit 11: it is UTF-8. Source: APPNOTE, 4.4.4. */
const isUtf8 = 1 << 11;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Info-ZIP on Linux writes UTF-8 and does not say so; code page 437 hardly ever is UTF-8 by accident. */
function nameOf(entry: Entry, decode: typeof getFileNameLowLevel): string {
  const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
  const isToldNot = (flags & isUtf8) === 0 && madeUnderUnix(entry) && isValid(fileNameRaw);
  return decode(isToldNot ? flags | isUtf8 : flags, fileNameRaw, extraFields, true);
}

function isValid(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function madeUnderUnix({ versionMadeBy }: Entry): boolean {
  return versionMadeBy >> 8 === 3;
}

type ReaderClass = new () => RandomAccessReader;

function readerOf(base: typeof RandomAccessReader, bytes: RandomBytes): RandomAccessReader {
  const Base = base as unknown as ReaderClass;
  class Reader extends Base {
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(pieces(bytes, start, end), { objectMode: false });
    }

    override read(
      buffer: Buffer,
      offset: number,
      length: number,
      position: number,
      callback: (error: Error | null) => void,
    ): void {
      callbackify(async () => {
        const found = await bytes.read(position, length);
        if (found.length < length) throw new Error("it ends early");
        buffer.set(found, offset);
      })(callback);
    }
  }
  return new Reader();
}

async function* pieces(bytes: RandomBytes, start: number, end: number) {
  for (let at = start; at < end;) {
    const piece = await bytes.read(at, Math.min(mib, end - at));
    if (piece.length === 0) throw new Error("it ends early");
    at += piece.length;
    yield piece;
  }
}

const kindOfFile = 0o170000;
const kinds: Readonly<Record<number, string>> = {
  0o120000: "is a symbolic link",
  0o010000: "is a pipe",
  0o020000: "is a device",
  0o060000: "is a device",
  0o140000: "is a socket",
};

function entryOf(entry: Entry, name: string, chunks: ArchiveEntry["chunks"]): ArchiveEntry {
  const refusal = refusalOf(entry);
  return {
    name: withoutDot(name),
    sizeBytes: entry.uncompressedSize,
    modifiedSeconds: Math.floor(entry.getLastModDate({ timezone: "UTC" }).getTime() / 1000),
    ...(refusal !== undefined && { refusal }),
    chunks,
  };
}

function refusalOf(entry: Entry): string | undefined {
  const mode = madeUnderUnix(entry) ? entry.externalFileAttributes >>> 16 : 0;
  if (entry.isEncrypted()) return "is encrypted";
  if (!entry.canDecodeFileData()) return `is compressed by method ${entry.compressionMethod}`;
  return kinds[mode & kindOfFile];
}

async function* contentsOf(
  zip: ZipFile,
  entry: Entry,
  { name, guard }: { readonly name: string; readonly guard: BombGuard },
): AsyncGenerator<Uint8Array, void> {
  let sum = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      guard.count(chunk as Buffer);
      sum = crc32(chunk as Buffer, sum);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw damaged(error, name);
  }
  if (sum !== entry.crc32)
    throw damaged(new Error("its bytes do not have the checksum that it names"), name);
}

function damaged(error: unknown, name?: string): StorageError {
  if (error instanceof StorageError) return error;
  const what = (error instanceof Error ? error.message : String(error)).replace(/\.+$/, "");
  if (name === undefined) {
    const tell = (archive: string) => `${archive} is damaged or no ZIP: ${what}.`;
    return new ArchiveFault("IntegrityError", tell, {
      remedy: "Make or fetch it again.",
      cause: error,
    });
  }
  return new ArchiveFault(
    "IntegrityError",
    (archive) => `The member ${name} of ${archive} is damaged: ${what}.`,
    {
      remedy: "Make or fetch the archive again; excluded, this member stops no other.",
      cause: error,
    },
  );
}
