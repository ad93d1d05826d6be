import { open, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { openObject } from "../download/open-object.ts";
import { localFileError } from "../local/local-file-error.ts";
import { neededHead } from "../objects/explained-head.ts";
import { RandomAccess } from "../random/random-access.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { ArchiveEntries } from "./archive-entry.ts";
import { ArchiveFault } from "./archive-fault.ts";
import { BombGuard } from "./bomb-guard.ts";
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
  readonly format?: ArchiveFormat;
  /** See `UnpackOptions`. */
  readonly maxRatio?: number;
  readonly signal: AbortSignal;
}

/**
 * The members of an archive. A ZIP archive is read from its end on: one that comes as a stream goes to a
 * temporary file first. Throws NotFound, IntegrityError, NotSupported.
 */
export async function openEntries(
  context: TransferContext,
  source: ArchiveSource,
  { format, maxRatio, signal }: OpenWishes,
): Promise<ArchiveEntries> {
  const stream = peeked(await streamOf(context, source, signal));
  const found = format ?? detectFormat(await stream.beginning(formatBytes));
  if (found !== "zip")
    return tarEntries(source, stream.all(), { isZipped: found === "tar.gz", maxRatio });
  if (source.kind === "stream") return spooledZip(context, stream.all(), { maxRatio, signal });
  await stream.leave();
  const named = nameOf(source);
  if (source.kind === "file") return zipEntries(await localBytes(source.path), { named, maxRatio });
  const head = await neededHead(context.store, source.key, { signal });
  const bytes = objectBytes(new RandomAccess(context.store, head));
  return zipEntries(bytes, { named, maxRatio });
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

function tarEntries(
  source: ArchiveSource,
  chunks: AsyncIterable<Uint8Array>,
  { isZipped, maxRatio }: { readonly isZipped: boolean; readonly maxRatio: number | undefined },
): ArchiveEntries {
  let packedBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of chunks) {
      packedBytes += chunk.length;
      yield chunk;
    }
  }
  const guard = new BombGuard(() => packedBytes, maxRatio);
  const bytes = isZipped ? unzipped(counted(), guard) : counted();
  const entries = readTar(bytes, {
    named: `${nameOf(source) ?? "The stream"}${isZipped ? ", unpacked by gzip," : ""}`,
    count: (zeros) => guard.count(zeros),
  });
  return {
    ...namedAs(nameOf(source)),
    entries: () => entries,
    isListed: false,
    close: async () => {
      await entries.return();
    },
  };
}

/** Undefined: a stream has none. */
function nameOf(source: ArchiveSource): string | undefined {
  if (source.kind === "stream") return undefined;
  return source.kind === "file" ? source.path : source.key;
}

function namedAs(named: string | undefined): Pick<ArchiveEntries, "named"> {
  return named === undefined ? {} : { named };
}

async function* unzipped(
  source: AsyncIterable<Uint8Array>,
  guard: BombGuard,
): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip();
  const feeding = pipeline(source, gunzip).catch(() => undefined);
  try {
    for await (const chunk of gunzip) {
      guard.count(chunk as Buffer);
      yield chunk as Buffer;
    }
  } catch (error) {
    const isOurs = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    throw isOurs ? badGzip(error) : error;
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

function zipEntries(
  bytes: RandomBytes,
  {
    named,
    maxRatio,
  }: { readonly named?: string | undefined; readonly maxRatio?: number | undefined },
): ArchiveEntries {
  const guard = new BombGuard(() => bytes.sizeBytes, maxRatio);
  return {
    ...namedAs(named),
    entries: () => readZip(bytes, guard),
    isListed: true,
    close: () => bytes.close(),
  };
}

async function spooledZip(
  context: TransferContext,
  chunks: AsyncIterable<Uint8Array>,
  { maxRatio, signal }: { readonly maxRatio: number | undefined; readonly signal: AbortSignal },
): Promise<ArchiveEntries> {
  const file = await context.temporary.pathFor("archive.zip");
  const remove = (): Promise<void> => rm(file, { force: true });
  try {
    const handle = await open(file, "wx", 0o600);
    await pipeline(chunks, handle.createWriteStream(), { signal });
    const zip = zipEntries(await localBytes(file), { maxRatio });
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

function badGzip(error: Error): ArchiveFault {
  const tell = (archive: string) => `${archive} is damaged: ${error.message}.`;
  return new ArchiveFault("IntegrityError", tell, {
    remedy: "It was cut off or spoilt: make or fetch it again.",
    cause: error,
  });
}
