import { serverLimits } from "../core/limits.ts";

/** Buffers for large reads, lent to readers one after the other; only so many at a time. */
export class ReadBuffers {
  readonly #free: Buffer[] = [];
  #lent = 0;

  /** Undefined: all are lent. */
  take(): Buffer | undefined {
    if (this.#lent >= serverLimits.largeReads) return undefined;
    this.#lent += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(serverLimits.largeReadBytes);
  }

  /** Nobody may use it afterwards. */
  give(buffer: Buffer): void {
    this.#lent -= 1;
    this.#free.push(buffer);
  }
}
