import type { CipherGCM } from "node:crypto";
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

/** Checksums of a file that is being written. */
export class BlockSums {
  readonly #id: BlobId;
  readonly #sums: Buffer[] = [];
  #block: CipherGCM | undefined;
  #blockBytes = 0;

  constructor(id: BlobId) {
    this.#id = id;
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      this.#block ??= beginBlock(this.#id, this.#sums.length);
      const taken = Math.min(bytes.length - at, blockBytes - this.#blockBytes);
      this.#block.setAAD(bytes.subarray(at, at + taken));
      this.#blockBytes += taken;
      at += taken;
      if (this.#blockBytes === blockBytes) this.#end();
    }
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

  #end(): void {
    if (this.#block === undefined) return;
    this.#sums.push(endGmac(this.#block));
    this.#block = undefined;
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

/** True when `bytes`, a whole block, are what was written. */
export function isBlockIntact(
  id: BlobId,
  block: number,
  bytes: Uint8Array,
  row: Uint8Array,
): boolean {
  const at = (block % blocksPerRow) * gmacBytes;
  const cipher = beginBlock(id, block);
  cipher.setAAD(bytes);
  return endGmac(cipher).equals(row.subarray(at, at + gmacBytes));
}
