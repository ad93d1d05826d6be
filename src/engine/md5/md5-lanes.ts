import { laneBytes, laneCount } from "./md5-code.ts";
import { firstState, type Md5Kernel } from "./md5-kernel.ts";
import type { Md5 } from "./md5.ts";

const blockBytes = 64;
/** Of a piece that is worth waiting for others. */
const leastSharedBytes = 4096;

/**
 * Hashes what several bodies bring in one turn of the event loop side by side. One alone costs as much as by
 * OpenSSL, and each of five two fifths of that.
 */
export class Md5Lanes {
  readonly #kernel: Kernel;
  readonly #open = new Set<LaneMd5>();
  #waiting: Piece[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  begin(): Md5 {
    const hash = new LaneMd5(this);
    this.#open.add(hash);
    return hash;
  }

  end(hash: LaneMd5): void {
    this.#open.delete(hash);
  }

  /** Hashes a piece at once where nothing would be gained by waiting. */
  take(hash: LaneMd5, bytes: Uint8Array): Promise<void> | undefined {
    if (this.#open.size <= 1 || bytes.length < leastSharedBytes) {
      this.hashNow([new Piece(hash, bytes)]);
      return undefined;
    }
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#hashWaiting());
      this.#waiting.push(new Piece(hash, bytes, resolve));
    });
  }

  hashNow(pieces: readonly Piece[]): void {
    let next = 0;
    let taken: Piece[] = [];
    for (;;) {
      taken = taken.filter((piece) => piece.goesOn());
      for (; taken.length < laneCount && next < pieces.length; next += 1) {
        const piece = pieces[next];
        if (piece?.goesOn() === true) taken.push(piece);
      }
      if (taken.length === 0) return;
      const bytes = Math.min(laneBytes, ...taken.map((piece) => piece.blocksBytes));
      for (const [lane, piece] of taken.entries()) piece.fill(this.#kernel, lane, bytes);
      this.#kernel.run(
        taken.map(({ hash }) => hash.state),
        bytes,
      );
    }
  }

  #hashWaiting(): void {
    const pieces = this.#waiting;
    this.#waiting = [];
    this.hashNow(pieces);
    for (const piece of pieces) piece.onHashed?.();
  }
}

type Kernel = Pick<Md5Kernel, "write" | "run">;

/** Bytes that a hash is to go on with. */
class Piece {
  readonly hash: LaneMd5;
  readonly onHashed: (() => void) | undefined;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(hash: LaneMd5, bytes: Uint8Array, onHashed?: () => void) {
    this.hash = hash;
    this.#bytes = bytes;
    this.onHashed = onHashed;
  }

  /** Of whole blocks, with what was left over before. */
  get blocksBytes(): number {
    const bytes = this.hash.tailBytes + this.#bytes.length - this.#at;
    return bytes - (bytes % blockBytes);
  }

  /** False: there is no whole block any more, and the rest was put aside. */
  goesOn(): boolean {
    if (this.blocksBytes > 0) return true;
    this.hash.keep(this.#bytes.subarray(this.#at));
    this.#at = this.#bytes.length;
    return false;
  }

  fill(kernel: Kernel, lane: number, bytes: number): void {
    const tail = this.hash.takeTail();
    const end = this.#at + bytes - tail.length;
    kernel.write(lane, 0, tail);
    kernel.write(lane, tail.length, this.#bytes.subarray(this.#at, end));
    this.#at = end;
  }
}

class LaneMd5 implements Md5 {
  readonly state = firstState();
  readonly #lanes: Md5Lanes;
  /** Less than a block, which waits for more. */
  readonly #tail = Buffer.alloc(blockBytes);
  #tailBytes = 0;
  #sizeBytes = 0;

  constructor(lanes: Md5Lanes) {
    this.#lanes = lanes;
  }

  get tailBytes(): number {
    return this.#tailBytes;
  }

  takeTail(): Uint8Array {
    const tail = this.#tail.subarray(0, this.#tailBytes);
    this.#tailBytes = 0;
    return tail;
  }

  keep(bytes: Uint8Array): void {
    this.#tail.set(bytes, this.#tailBytes);
    this.#tailBytes += bytes.length;
  }

  update(bytes: Uint8Array): Promise<void> | undefined {
    this.#sizeBytes += bytes.length;
    if (this.#tailBytes + bytes.length >= blockBytes) return this.#lanes.take(this, bytes);
    this.keep(bytes);
    return undefined;
  }

  digest(): string {
    this.close();
    this.#lanes.hashNow([new Piece(this, paddingOf(this.#sizeBytes))]);
    return Buffer.from(this.state.buffer).toString("hex");
  }

  close(): void {
    this.#lanes.end(this);
  }
}

/** What is hashed behind so many bytes: a bit, zeros, and their number of bits. Source: RFC 1321, section 3.1. */
function paddingOf(sizeBytes: number): Buffer {
  const zeros = (2 * blockBytes - 9 - (sizeBytes % blockBytes)) % blockBytes;
  const padding = Buffer.alloc(1 + zeros + 8);
  padding[0] = 0x80;
  padding.writeBigUInt64LE(BigInt(sizeBytes) * 8n, 1 + zeros);
  return padding;
}
