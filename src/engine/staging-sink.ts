import { fileLimits } from "../core/file-limits.ts";
import { serverLimits } from "../core/limits.ts";
import type { ObjectKeys } from "./at-rest.ts";
import type { BlobFiles, BlobId, NewBlobFile } from "./blob-files.ts";
import { BlockSums } from "./block-sums.ts";
import { blobKey } from "./index-keys.ts";
import type { Reservation } from "./space-guard.ts";

export type StagedBytes =
  | { readonly kind: "inline"; readonly sealed: Uint8Array }
  | {
      readonly kind: "file";
      readonly id: BlobId;
      /** Rows of checksums and tags of its blocks. */
      readonly sums: readonly Uint8Array[];
    };

/** Encrypted bytes that wait to be written, of all uploads. */
export interface HeldWrites {
  bytes: number;
}

/**
 * Where the bytes of an upload go: small ones to memory, larger ones to a file. Writes to the file are
 * gathered, since handing one to another thread costs as much as encrypting its bytes; while one is
 * under way the next is gathered.
 */
export class StagingSink {
  readonly #files: BlobFiles;
  readonly #room: Reservation;
  readonly #keys: ObjectKeys;
  readonly #held: HeldWrites;
  readonly #small: Uint8Array[] = [];
  #file: NewBlobFile | undefined;
  #sums: BlockSums | undefined;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #writing: Promise<void> | undefined;
  sizeBytes = 0;

  constructor(files: BlobFiles, room: Reservation, keys: ObjectKeys, held: HeldWrites) {
    this.#files = files;
    this.#room = room;
    this.#keys = keys;
    this.#held = held;
  }

  /** Once it resolves, the chunk's buffer may be used again. */
  async write(chunk: Uint8Array): Promise<void> {
    this.sizeBytes += chunk.length;
    if (this.#sums !== undefined) {
      this.#gather(this.#sums, chunk);
    } else {
      this.#small.push(Buffer.from(chunk));
      if (this.sizeBytes <= serverLimits.inlineBytes) return;
      this.#file = await this.#files.create();
      const { id } = this.#file;
      this.#sums = new BlockSums(id, this.#keys.keyFor(this.#keys.kind, blobKey(id)));
      for (const bytes of this.#small.splice(0)) this.#gather(this.#sums, bytes);
    }
    const isEnough =
      this.#batchBytes >= fileLimits.writeBatchBytes ||
      this.#batch.length >= fileLimits.writeBatchPieces;
    if (isEnough || this.#held.bytes > fileLimits.heldWriteBytes) await this.#writeBatch();
  }

  async finish(): Promise<StagedBytes> {
    if (this.#file === undefined) {
      const [only, ...more] = this.#small;
      const bytes = only !== undefined && more.length === 0 ? only : Buffer.concat(this.#small);
      return { kind: "inline", sealed: bytes.length === 0 ? bytes : this.#keys.seal(bytes) };
    }
    await this.#writeBatch();
    await this.#writing;
    await this.#file.finish();
    return { kind: "file", id: this.#file.id, sums: this.#sums?.rows() ?? [] };
  }

  async abandon(): Promise<void> {
    this.#held.bytes -= this.#batchBytes;
    this.#batchBytes = 0;
    await this.#writing?.catch(() => undefined);
    await this.#file?.abandon();
  }

  #gather(sums: BlockSums, bytes: Uint8Array): void {
    this.#batch.push(...sums.update(bytes));
    this.#batchBytes += bytes.length;
    this.#held.bytes += bytes.length;
  }

  async #writeBatch(): Promise<void> {
    const [batch, bytes] = [this.#batch, this.#batchBytes];
    this.#batch = [];
    this.#batchBytes = 0;
    this.#held.bytes -= bytes;
    await this.#writing;
    await this.#room.take(bytes);
    this.#writing = this.#file?.write(batch);
    // Whoever comes next hears of a failure: the next batch or the end.
    this.#writing?.catch(() => undefined);
  }
}
