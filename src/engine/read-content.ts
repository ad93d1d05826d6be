import { serverLimits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { BlobFiles } from "./blob-files.ts";
import type { HeldContent, Piece } from "./content-store.ts";
import { diskError } from "./disk-errors.ts";
import type { DiskReader } from "./disk.ts";

/**
 * The bytes of held content, file by file in pieces of `readChunkBytes`, each in a buffer of its
 * own. Gives the content free at the end, on an error, and when the reader stops early.
 */
export class ContentIterator implements AsyncIterableIterator<Uint8Array> {
  readonly #files: BlobFiles;
  readonly #held: HeldContent;
  #piece = 0;
  #offset = 0;
  #reader: DiskReader | undefined;
  #ended = false;

  constructor(files: BlobFiles, held: HeldContent) {
    this.#files = files;
    this.#held = held;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#ended ? undefined : this.#held.pieces[this.#piece];
    if (piece === undefined) return await this.return();
    try {
      const value = piece.kind === "bytes" ? piece.bytes : await this.#readFile(piece);
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
      await this.#closeReader();
      this.#held.release();
    }
    return { done: true, value: undefined };
  }

  async #nextPiece(): Promise<void> {
    this.#piece += 1;
    this.#offset = 0;
    await this.#closeReader();
  }

  async #closeReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }

  async #readFile(piece: Extract<Piece, { kind: "file" }>): Promise<Uint8Array> {
    const wanted = Math.min(piece.length - this.#offset, serverLimits.readChunkBytes);
    const chunk = Buffer.allocUnsafe(wanted);
    let filled = 0;
    try {
      const reader = (this.#reader ??= await this.#files.open(piece.id));
      // Stopped while the file was being opened.
      if (this.#ended) await this.#closeReader();
      while (filled < wanted && !this.#ended) {
        const position = piece.offset + this.#offset + filled;
        const count = await reader.read(chunk.subarray(filled), position);
        if (count === 0) break;
        filled += count;
      }
    } catch (error) {
      throw diskError("reading an object", error);
    }
    if (filled === wanted || this.#ended) return chunk.subarray(0, filled);
    throw new S3Error("InternalError", {
      message: "An object's file is shorter than its record says; the store is damaged.",
    });
  }
}
