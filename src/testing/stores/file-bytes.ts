import type { BigIntStats } from "node:fs";
import { constants, open, rm } from "node:fs/promises";
import type { ResolvedRange } from "../../core/byte-range.ts";
import { StorageError } from "../../core/errors.ts";
import type { KeptBytes } from "./shelf.ts";

/** Bytes in a file that is no object yet, or a part of one. */
export class StagedFile implements KeptBytes {
  readonly path: string;
  readonly sizeBytes: number;

  constructor(path: string, sizeBytes: number) {
    this.path = path;
    this.sizeBytes = sizeBytes;
  }

  open(range?: ResolvedRange): AsyncIterable<Uint8Array> {
    return readBytes(this.path, range);
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/** `known`: what was seen of the file before; another one in its place is not read. */
export async function* readBytes(
  path: string,
  range?: ResolvedRange,
  known?: BigIntStats,
): AsyncGenerator<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(
    (error: unknown) => {
      throw changed(path, error);
    },
  );
  try {
    if (known !== undefined && !isSame(await file.stat({ bigint: true }), known)) {
      throw changed(path);
    }
    const part = range === undefined ? {} : { start: range.first, end: range.last };
    yield* file.createReadStream({ ...part, autoClose: false });
  } finally {
    await file.close();
  }
}

function isSame(now: BigIntStats, before: BigIntStats): boolean {
  return now.ino === before.ino && now.size === before.size && now.mtimeNs === before.mtimeNs;
}

function changed(path: string, cause?: unknown): StorageError {
  return new StorageError("Unavailable", `${path} changed while it was being read.`, {
    retryable: true,
    remedy: "Read it again.",
    cause,
  });
}
