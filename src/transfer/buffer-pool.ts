/**
 * Buffers for parts in flight, used again and again: fresh memory for each part costs page faults
 * and leaves the garbage collector with slabs it frees late.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];
  readonly sizeBytes: number;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
  }

  /** A buffer of at least `lengthBytes`, cut to it. Contents are arbitrary. */
  take(lengthBytes: number): Buffer {
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.sizeBytes);
    return lengthBytes === buffer.length ? buffer : buffer.subarray(0, lengthBytes);
  }

  give(buffer: Buffer): void {
    this.#free.push(Buffer.from(buffer.buffer, buffer.byteOffset, this.sizeBytes));
  }
}
