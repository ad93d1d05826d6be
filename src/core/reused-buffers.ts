export interface ReuseBounds {
  /** Only memory up to this size is used again. */
  readonly reusedBytes: number;
  /** At most so much of it waits for its next use. */
  readonly unusedBytes: number;
}

/**
 * Memory for what is small and short-lived, used again and again: each in memory of its own leaves the collector
 * with tens of megabytes that it frees late. Lengths are rounded up to powers of two.
 */
export class ReusedBuffers {
  readonly #bounds: ReuseBounds;
  readonly #free = new Map<number, ArrayBuffer[]>();
  #freeBytes = 0;

  constructor(bounds: ReuseBounds) {
    this.#bounds = bounds;
  }

  /** So many bytes of arbitrary contents; larger ones are memory of their own. */
  take(lengthBytes: number): Buffer {
    if (lengthBytes > this.#bounds.reusedBytes) return Buffer.allocUnsafeSlow(lengthBytes);
    const classBytes = classOf(lengthBytes);
    const memory = this.#free.get(classBytes)?.pop();
    if (memory !== undefined) this.#freeBytes -= classBytes;
    return Buffer.from(memory ?? Buffer.allocUnsafeSlow(classBytes).buffer, 0, lengthBytes);
  }

  /** Takes back what nobody reads any more. */
  give(bytes: Uint8Array): void {
    const { reusedBytes, unusedBytes } = this.#bounds;
    const classBytes = bytes.buffer.byteLength;
    const isOurs = bytes.length <= reusedBytes && classBytes === classOf(bytes.length);
    if (!isOurs || this.#freeBytes + classBytes > unusedBytes) return;
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
