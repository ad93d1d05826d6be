import { memoryLimits } from "./memory-limits.ts";
import { giveMemory, takeMemory } from "./spare-memory.ts";

const firstBytes = 4096;

/** Puts pieces together in one buffer, which grows as they come. Large ones are of `takeMemory`. */
export class GatheredBytes {
  readonly #limitBytes: number;
  #bytes: Buffer;
  #length = 0;

  /** `expectedBytes`: how many there will be, where that was said; no more than that is copied twice. */
  constructor(limitBytes: number, expectedBytes = firstBytes) {
    this.#limitBytes = limitBytes;
    this.#bytes = roomFor(Math.min(expectedBytes, limitBytes));
  }

  /** Copies a piece. Answers false, and takes nothing, when it would be more than the limit. */
  add(piece: Uint8Array): boolean {
    const end = this.#length + piece.length;
    if (end > this.#limitBytes) return false;
    if (end > this.#bytes.length) {
      const grown = Math.min(this.#limitBytes, Math.max(end, this.#bytes.length * 2));
      const larger = roomFor(grown);
      this.#bytes.copy(larger, 0, 0, this.#length);
      giveMemory(this.#bytes.buffer);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = end;
    return true;
  }

  /** What has come so far. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

function roomFor(sizeBytes: number): Buffer {
  // Not of the pool: who keeps a small answer would keep all others in that piece of it, 64 KiB by now.
  if (sizeBytes < memoryLimits.leastSpareBytes) return Buffer.allocUnsafeSlow(sizeBytes);
  return Buffer.from(takeMemory(sizeBytes));
}

/**
 * All bytes of a stream in one buffer; undefined once they are more than `limitBytes`, with the rest
 * unread. Bytes are copied as they come: whoever sends them one by one cannot make a piece of each
 * stay in memory.
 */
export async function gatherBytes(
  source: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Buffer | undefined> {
  const gathered = new GatheredBytes(limitBytes);
  for await (const piece of source) {
    if (!gathered.add(piece)) return undefined;
  }
  return gathered.bytes;
}
