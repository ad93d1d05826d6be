import { archiveLimits } from "../../core/archive-limits.ts";

/**
 * Memory for small members, used again and again: each in memory of its own leaves the collector with tens of
 * megabytes that it frees late. Lengths are rounded up to powers of two.
 */
export class PieceBuffers {
  readonly #free = new Map<number, ArrayBuffer[]>();
  #freeBytes = 0;

  /** So many bytes of arbitrary contents; larger ones are memory of their own. */
  take(lengthBytes: number): Buffer {
    if (lengthBytes > archiveLimits.reusedBytes) return Buffer.allocUnsafeSlow(lengthBytes);
    const classBytes = classOf(lengthBytes);
    const memory = this.#free.get(classBytes)?.pop();
    if (memory !== undefined) this.#freeBytes -= classBytes;
    return Buffer.from(memory ?? Buffer.allocUnsafeSlow(classBytes).buffer, 0, lengthBytes);
  }

  /** Takes back what nobody reads any more. */
  give(bytes: Uint8Array): void {
    const classBytes = bytes.buffer.byteLength;
    const isOurs =
      bytes.length <= archiveLimits.reusedBytes && classBytes === classOf(bytes.length);
    if (!isOurs || this.#freeBytes + classBytes > archiveLimits.unusedBytes) return;
    this.#freeBytes += classBytes;
    const free = this.#free.get(classBytes) ?? [];
    this.#free.set(classBytes, free);
    free.push(bytes.buffer as ArrayBuffer);
  }
}

const smallestBytes = 4096;

function classOf(lengthBytes: number): number {
  return lengthBytes <= smallestBytes ? smallestBytes : 2 ** Math.ceil(Math.log2(lengthBytes));
}
