import { checkArgument, isWholeNumber } from "../core/check-options.ts";
import { neededHead } from "../transfer/objects/explained-head.ts";
import { inScope } from "../transfer/operation-scope.ts";
import { RandomAccess } from "../transfer/random/random-access.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { ReadOptions } from "../transfer/transfer-options.ts";
import type { FileStat } from "./result-types.ts";
import type { RandomAccessFile } from "./random-access-types.ts";
import { toFileStat } from "./stat.ts";

export async function openRandomAccess(
  context: TransferContext,
  key: string,
  options: ReadOptions = {},
): Promise<RandomAccessFile> {
  const { versionId } = options;
  const version = versionId !== undefined && { versionId };
  return inScope("openRandomAccess", options, async ({ signal }) => {
    const head = await neededHead(context.store, key, { ...version, signal });
    return new OpenFile(new RandomAccess(context.store, head, versionId));
  });
}

const isPlace = isWholeNumber(0);
const isBound = isWholeNumber(Number.MIN_SAFE_INTEGER);

class OpenFile implements RandomAccessFile {
  readonly #access: RandomAccess;
  readonly stat: FileStat;
  readonly byteLength: number;

  constructor(access: RandomAccess) {
    this.#access = access;
    this.stat = toFileStat(access.head);
    this.byteLength = access.head.sizeBytes;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    checkArgument("read", "the offset", offset, isPlace);
    checkArgument("read", "the length", length, isPlace);
    return this.#access.read(offset, length);
  }

  async slice(start: number, end: number = this.byteLength): Promise<ArrayBuffer> {
    checkArgument("slice", "the start", start, isBound);
    checkArgument("slice", "the end", end, isBound);
    const [from, to] = [this.#place(start), this.#place(end)];
    return (await this.#access.read(from, Math.max(0, to - from))).buffer;
  }

  close(): Promise<void> {
    this.#access.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #place(bound: number): number {
    return bound < 0 ? Math.max(0, this.byteLength + bound) : Math.min(bound, this.byteLength);
  }
}
