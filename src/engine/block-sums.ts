import type { CipherGCM } from "node:crypto";
import { beginSeal, tagBytes } from "./at-rest.ts";
import type { BlobId } from "./blob-files.ts";
import { beginGmac, endGmac, gmacBytes } from "./gmac.ts";
import { blobKey } from "./index-keys.ts";

/** Bytes of a file that one checksum stands for; the last block of a file may be shorter. */
export const blockBytes = 65_536;
/** Checksums in one row of the index: those of 8 MiB. */
const blocksPerRow = 128;
const nonceBytes = 12;
const nonceOfFileBytes = 8;

/** The checksum of a block. File and place count, so that a block in another's place is noticed. */
function beginBlock(id: BlobId, block: number): CipherGCM {
  const nonce = Buffer.allocUnsafe(nonceBytes);
  nonce.write(id, 0, nonceOfFileBytes, "hex");
  nonce.writeUInt32BE(block, nonceOfFileBytes);
  return beginGmac(nonce);
}

/**
 * Checksums of a file that is being written, over its bytes as they are on the disk, so that they can
 * be compared without any key. With a key the bytes are encrypted on the way, and each block's checksum
 * is followed by its tag.
 */
export class BlockSums {
  readonly #id: BlobId;
  readonly #key: Buffer | undefined;
  readonly #sums: Buffer[] = [];
  #block: CipherGCM | undefined;
  #seal: CipherGCM | undefined;
  #blockBytes = 0;

  constructor(id: BlobId, key?: Buffer) {
    this.#id = id;
    this.#key = key;
  }

  /** The bytes to write, in pieces. */
  update(bytes: Uint8Array): Uint8Array[] {
    const written: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const taken = Math.min(bytes.length - at, blockBytes - this.#blockBytes);
      written.push(this.#take(bytes.subarray(at, at + taken)));
      this.#blockBytes += taken;
      at += taken;
      if (this.#blockBytes === blockBytes) this.#end();
    }
    return written;
  }

  /** Rows of the index. */
  rows(): Buffer[] {
    this.#end();
    const rows: Buffer[] = [];
    for (let at = 0; at < this.#sums.length; at += blocksPerRow) {
      rows.push(Buffer.concat(this.#sums.slice(at, at + blocksPerRow)));
    }
    return rows;
  }

  /** A part of one block. */
  #take(bytes: Uint8Array): Uint8Array {
    const block = this.#sums.length;
    this.#block ??= beginBlock(this.#id, block);
    if (this.#key !== undefined) this.#seal ??= beginSeal(this.#key, block);
    const written = this.#seal?.update(bytes) ?? bytes;
    this.#block.setAAD(written);
    return written;
  }

  #end(): void {
    if (this.#block === undefined) return;
    const sum = endGmac(this.#block);
    this.#seal?.final();
    const tag = this.#seal?.getAuthTag();
    this.#sums.push(tag === undefined ? sum : Buffer.concat([sum, tag]));
    this.#block = undefined;
    this.#seal = undefined;
    this.#blockBytes = 0;
  }
}

/** Key of the row with the checksums of a block and its neighbours. */
export function sumsKey(id: BlobId, row: number): Buffer {
  const place = Buffer.allocUnsafe(4);
  place.writeUInt32BE(row);
  return Buffer.concat([blobKey(id), place]);
}

export function rowOfBlock(block: number): number {
  return Math.floor(block / blocksPerRow);
}

/** What the row of a block's checksum says of it. */
export interface BlockSum {
  readonly sum: Uint8Array;
  /** Empty where the file is not encrypted. */
  readonly tag: Uint8Array;
}

export function sumOfBlock(block: number, row: Uint8Array, sealed: boolean): BlockSum {
  const entryBytes = gmacBytes + (sealed ? tagBytes : 0);
  const at = (block % blocksPerRow) * entryBytes;
  const middle = at + gmacBytes;
  return { sum: row.subarray(at, middle), tag: row.subarray(middle, at + entryBytes) };
}

/** True when `bytes`, a whole block as it is on the disk, are what was written. */
export function isBlockIntact(
  id: BlobId,
  block: number,
  bytes: Uint8Array,
  sum: Uint8Array,
): boolean {
  const cipher = beginBlock(id, block);
  cipher.setAAD(bytes);
  return endGmac(cipher).equals(sum);
}
