import { fileLimits } from "../core/file-limits.ts";

/** Buffers for large reads, lent to readers one after the other; only so many at a time. */
export class ReadBuffers {
  readonly #free: Buffer[] = [];
  #lent = 0;

  /** Undefined: all are lent. */
  take(): Buffer | undefined {
    if (this.#lent >= fileLimits.largeReads) return undefined;
    this.#lent += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(fileLimits.largeReadBytes);
  }

  /** Nobody may use it afterwards. */
  give(buffer: Buffer): void {
    this.#lent -= 1;
    this.#free.push(buffer);
  }
}
