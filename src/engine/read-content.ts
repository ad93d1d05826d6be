import type { BlobFiles } from "./blob-files.ts";
import { blockBytes } from "./block-sums.ts";
import { blobKey } from "./index-keys.ts";
import type { HeldContent, Piece } from "./content-store.ts";
import type { ObjectContent } from "./object-content.ts";
import { VerifiedBlob } from "./verified-blob.ts";

/**
 * The bytes of held content, file by file, in pieces that have a buffer of their own and are verified.
 * Gives the content free at the end, on an error, and when the reader stops early.
 */
export class ContentIterator implements AsyncIterableIterator<Uint8Array>, ObjectContent {
  readonly #files: BlobFiles;
  readonly #held: HeldContent;
  #piece = 0;
  #offset = 0;
  #blob: VerifiedBlob | undefined;
  /** Of the piece, read and not given out. */
  readonly #ready: Uint8Array[] = [];
  #ended = false;

  constructor(files: BlobFiles, held: HeldContent) {
    this.#files = files;
    this.#held = held;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  takeWhole(): Uint8Array | undefined {
    const [piece, ...more] = this.#held.pieces;
    if (this.#ended || this.#piece > 0 || piece?.kind !== "bytes" || more.length > 0)
      return undefined;
    this.#ended = true;
    this.#held.release();
    return piece.bytes;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#ended ? undefined : this.#held.pieces[this.#piece];
    if (piece === undefined) return await this.return();
    try {
      const value =
        piece.kind === "bytes"
          ? piece.bytes
          : (this.#ready.shift() ?? (await this.#readFile(piece)));
      this.#offset += value.length;
      if (piece.kind === "bytes" || this.#offset === piece.length) await this.#nextPiece();
      return { done: false, value };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#ended) {
      this.#ended = true;
      try {
        await this.#closeBlob();
      } finally {
        this.#held.release();
      }
    }
    return { done: true, value: undefined };
  }

  async #nextPiece(): Promise<void> {
    this.#piece += 1;
    this.#offset = 0;
    await this.#closeBlob();
  }

  async #closeBlob(): Promise<void> {
    const blob = this.#blob;
    this.#blob = undefined;
    await blob?.close();
  }

  async #readFile(piece: Extract<Piece, { kind: "file" }>): Promise<Uint8Array> {
    const blob = (this.#blob ??= await VerifiedBlob.open(
      this.#files,
      piece.id,
      this.#held,
      piece.key && this.#held.keys.keyFor(piece.key, blobKey(piece.id)),
    ));
    // Stopped while the file was being opened.
    if (this.#ended) {
      await this.#closeBlob();
      return Buffer.alloc(0);
    }
    const from = piece.offset + this.#offset;
    // Up to the end of a block, so that none is read twice.
    const end = Math.floor((from + blob.readBytes) / blockBytes) * blockBytes;
    const [first = Buffer.alloc(0), ...more] = await blob.read(
      from,
      Math.min(piece.length - this.#offset, end - from),
    );
    this.#ready.push(...more);
    return first;
  }
}
