import { createHash, type Hash } from "node:crypto";
import { serverLimits } from "../core/limits.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { decrypt } from "./at-rest.ts";
import type { BlobFiles, BlobId } from "./blob-files.ts";
import { blockBytes, isBlockIntact, rowOfBlock, sumOfBlock } from "./block-sums.ts";
import { diskError } from "./disk-errors.ts";
import type { DiskReader } from "./disk.ts";
import type { BlobRow } from "./rows.ts";

/** What the index knows of files, to judge their bytes by. */
export interface BlobKnowledge {
  /** Row `row` of a file's checksums; undefined: it was written before there were any. */
  sums(id: BlobId, row: number): Uint8Array | undefined;
  blob(id: BlobId): BlobRow | undefined;
}

/**
 * A file whose bytes are verified before they leave, and with its key decrypted; without it they come
 * as they are on the disk. A file without checksums of its blocks is verified by its MD5, when it is
 * read from its beginning to its end, before its last bytes leave.
 */
export class VerifiedBlob {
  readonly #id: BlobId;
  readonly #files: BlobFiles;
  readonly #reader: DiskReader;
  readonly #knowledge: BlobKnowledge;
  readonly #key: Buffer | undefined;
  readonly #sealed: boolean;
  #row: { readonly number: number; readonly sums: Uint8Array | undefined } | undefined;
  #whole: Hash | undefined;
  #hashedBytes = 0;
  /** For encrypted bytes, which go no further, read after read. */
  #lent: Buffer | undefined;
  #reads = 0;

  private constructor(
    { id, files, reader }: { id: BlobId; files: BlobFiles; reader: DiskReader },
    knowledge: BlobKnowledge,
    key: Buffer | undefined,
  ) {
    this.#id = id;
    this.#files = files;
    this.#reader = reader;
    this.#knowledge = knowledge;
    this.#key = key;
    this.#sealed = key !== undefined || knowledge.blob(id)?.sealed === 1;
  }

  /** Throws S3Error InternalError, as `read` does, when the disk fails or the file is not there. */
  static async open(
    files: BlobFiles,
    id: BlobId,
    knowledge: BlobKnowledge,
    key?: Buffer,
  ): Promise<VerifiedBlob> {
    try {
      return new VerifiedBlob({ id, files, reader: await files.open(id) }, knowledge, key);
    } catch (error) {
      throw diskError(`opening the file ${id} of an object`, error);
    }
  }

  /**
   * How many bytes the next read should take. After the first one, more: what is handed over between
   * threads is then handed over less often, as long as there is a buffer to lend.
   */
  get readBytes(): number {
    if (this.#key === undefined || this.#reads === 0) return serverLimits.readChunkBytes;
    this.#lent ??= this.#files.buffers.take();
    return this.#lent?.length ?? serverLimits.readChunkBytes;
  }

  /** Exactly those bytes, in buffers of their own. Throws when they are not what was written. */
  async read(offset: number, length: number): Promise<Buffer[]> {
    const first = Math.floor(offset / blockBytes);
    const start = first * blockBytes;
    const end = Math.ceil((offset + length) / blockBytes) * blockBytes;
    const bytes = await this.#fill(start, end - start);
    if (start + bytes.length < offset + length) {
      throw this.#damaged("is shorter than its record says");
    }
    this.#reads += 1;
    const blocks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += blockBytes) {
      blocks.push(this.#verify(first + at / blockBytes, bytes.subarray(at, at + blockBytes)));
    }
    if (this.#key !== undefined) return cut(blocks, offset - start, length);
    const wanted = bytes.subarray(offset - start, offset - start + length);
    this.#verifyWhole(offset, wanted);
    return [wanted];
  }

  async close(): Promise<void> {
    const lent = this.#lent;
    this.#lent = undefined;
    try {
      // Waits for reads; then nothing is read into the buffer any more, be it closed or not.
      await this.#reader.close();
    } finally {
      if (lent !== undefined) this.#files.buffers.give(lent);
    }
  }

  async #fill(start: number, length: number): Promise<Buffer> {
    const bytes = this.#room(length);
    let filled = 0;
    try {
      while (filled < length) {
        const count = await this.#reader.read(bytes.subarray(filled), start + filled);
        if (count === 0) break;
        filled += count;
      }
    } catch (error) {
      throw diskError(`reading the file ${this.#id} of an object`, error);
    }
    return bytes.subarray(0, filled);
  }

  #room(length: number): Buffer {
    const lent = this.#lent;
    if (lent === undefined || lent.length < length) return Buffer.allocUnsafe(length);
    return lent.subarray(0, length);
  }

  /** The block's bytes. */
  #verify(block: number, bytes: Buffer): Buffer {
    const number = rowOfBlock(block);
    if (this.#row?.number !== number) {
      this.#row = { number, sums: this.#knowledge.sums(this.#id, number) };
    }
    const { sums } = this.#row;
    const opened = this.#open(block, bytes, sums);
    if (opened !== undefined) return opened;
    const at = `${block * blockBytes} to ${block * blockBytes + bytes.length - 1}`;
    throw this.#damaged(`is damaged: its bytes ${at} fail their checksum`);
  }

  /** Decrypts the block where there is a key; its tag then stands for its checksum. Undefined: damaged. */
  #open(block: number, bytes: Buffer, sums: Uint8Array | undefined): Buffer | undefined {
    if (sums === undefined) return this.#key === undefined ? bytes : undefined;
    const { sum, tag } = sumOfBlock(block, sums, this.#sealed);
    if (this.#key !== undefined) return decrypt(this.#key, block, bytes, tag);
    return isBlockIntact(this.#id, block, bytes, sum) ? bytes : undefined;
  }

  #verifyWhole(offset: number, bytes: Buffer): void {
    if (this.#row?.sums !== undefined || offset !== this.#hashedBytes) return;
    if (offset > 0 && this.#whole === undefined) return;
    this.#whole ??= createHash("md5");
    this.#whole.update(bytes);
    this.#hashedBytes += bytes.length;
    const blob = this.#knowledge.blob(this.#id);
    if (blob?.size !== this.#hashedBytes || blob.md5 === "") return;
    if (this.#whole.digest("hex") !== blob.md5) {
      throw this.#damaged("is damaged: its bytes fail their MD5");
    }
    this.#whole = undefined;
  }

  #damaged(how: string): S3Error {
    return new S3Error("InternalError", {
      message: `The file ${this.#id} of an object ${how}.`,
    });
  }
}

/** Of blocks that follow on each other, `length` bytes from `offset` on. */
function cut(blocks: readonly Buffer[], offset: number, length: number): Buffer[] {
  const end = offset + length;
  return blocks.flatMap((block, index) => {
    const start = index * blockBytes;
    const [from, to] = [Math.max(0, offset - start), Math.min(block.length, end - start)];
    return from < to ? [block.subarray(from, to)] : [];
  });
}
