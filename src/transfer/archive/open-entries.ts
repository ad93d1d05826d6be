import { open, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { StorageError } from "../../core/errors.ts";
import { openObject } from "../download/open-object.ts";
import { localFileError } from "../local/local-file-error.ts";
import { explainedHead } from "../objects/explained-head.ts";
import { RandomAccess } from "../random/random-access.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { ArchiveEntries } from "./archive-entry.ts";
import type { ArchiveFormat } from "./archive-options.ts";
import { detectFormat, formatBytes } from "./detect-format.ts";
import { localBytes, objectBytes, type RandomBytes } from "./random-bytes.ts";
import { readTar } from "./read-tar.ts";
import { readZip } from "./read-zip.ts";

/** Where an archive is read from. */
export type ArchiveSource =
  | { readonly kind: "stream"; readonly chunks: AsyncIterable<Uint8Array> }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "object"; readonly key: string };

export interface OpenWishes {
  /** Default: by what it begins with. */
  readonly format?: ArchiveFormat | undefined;
  readonly signal: AbortSignal;
}

/**
 * The members of an archive. A ZIP archive is read from its end on: one that comes as a stream goes to a
 * temporary file first. Throws NotFound, IntegrityError, NotSupported.
 */
export async function openEntries(
  context: TransferContext,
  source: ArchiveSource,
  { format, signal }: OpenWishes,
): Promise<ArchiveEntries> {
  const stream = peeked(await streamOf(context, source, signal));
  const found = format ?? detectFormat(await stream.beginning(formatBytes));
  if (found !== "zip") return tarEntries(stream.all(), found === "tar.gz");
  if (source.kind === "stream") return spooledZip(context, stream.all(), signal);
  await stream.leave();
  if (source.kind === "file") return zipEntries(await localBytes(source.path));
  const head = await explainedHead(context.store, source.key, { signal });
  return zipEntries(objectBytes(new RandomAccess(context.store, head)));
}

async function streamOf(
  context: TransferContext,
  source: ArchiveSource,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  if (source.kind === "stream") return source.chunks;
  if (source.kind === "object") return (await openObject(context, source.key, { signal })).body;
  return fileChunks(source.path);
}

async function* fileChunks(file: string): AsyncGenerator<Uint8Array, void> {
  try {
    const handle = await open(file);
    for await (const chunk of handle.createReadStream()) yield chunk as Buffer;
  } catch (error) {
    throw localFileError("extractArchive", file, error);
  }
}

/** A stream whose beginning is looked at before all of it is read. */
function peeked(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  return {
    async beginning(lengthBytes: number): Promise<Buffer> {
      for (let heldBytes = 0; heldBytes < lengthBytes;) {
        const { done, value } = await iterator.next();
        if (done === true) break;
        // Its memory may be used again for the next one.
        held.push(Uint8Array.from(value));
        heldBytes += value.length;
      }
      return Buffer.concat(held).subarray(0, lengthBytes);
    },
    async *all(): AsyncGenerator<Uint8Array, void> {
      try {
        yield* held.splice(0);
        for (;;) {
          const { done, value } = await iterator.next();
          if (done === true) return;
          yield value;
        }
      } finally {
        await iterator.return?.();
      }
    },
    leave: async (): Promise<void> => {
      await iterator.return?.();
    },
  };
}

function tarEntries(source: AsyncIterable<Uint8Array>, isZipped: boolean): ArchiveEntries {
  let packedBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of source) {
      packedBytes += chunk.length;
      yield chunk;
    }
  }
  const bytes = isZipped ? unzipped(counted()) : counted();
  const entries = readTar(bytes);
  return {
    entries: () => entries,
    isListed: false,
    packedBytes: () => packedBytes,
    close: async () => {
      await entries.return();
    },
  };
}

async function* unzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip();
  const feeding = pipeline(source, gunzip).catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    const isOurs = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    throw isOurs ? badGzip(error) : error;
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

function zipEntries(bytes: RandomBytes): ArchiveEntries {
  return {
    entries: () => readZip(bytes),
    isListed: true,
    packedBytes: () => bytes.sizeBytes,
    close: () => bytes.close(),
  };
}

async function spooledZip(
  context: TransferContext,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<ArchiveEntries> {
  const file = await context.temporary.pathFor("archive.zip");
  const remove = (): Promise<void> => rm(file, { force: true });
  try {
    const handle = await open(file, "wx", 0o600);
    await pipeline(chunks, handle.createWriteStream(), { signal });
    const zip = zipEntries(await localBytes(file));
    const close = async (): Promise<void> => {
      await zip.close();
      await remove();
    };
    return { ...zip, close };
  } catch (error) {
    await remove();
    throw localFileError("extractArchive", file, error);
  }
}

function badGzip(error: Error): StorageError {
  return new StorageError("IntegrityError", `The archive is damaged: ${error.message}.`, {
    operation: "extractArchive",
    remedy: "It was cut off or spoilt: make or fetch it again.",
    cause: error,
  });
}
