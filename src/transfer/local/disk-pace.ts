import { transferLimits } from "../../core/limits.ts";
import { steadyNow } from "../../core/steady-now.ts";

/** How much the last answer of the disk counts, beside those before it. */
const lastShare = 0.2;

/**
 * Whether small files are read and written at once, in place of by way of the thread pool, which costs
 * several times their CPU: as long as the disk answers at once. Once it does not, the next files take
 * the other way, where many wait side by side and nothing else waits for them.
 */
export class DiskPace {
  readonly #now: () => number;
  /** A running mean: one late answer is more likely a busy processor than a slow disk. */
  #meanMs = 0;
  #filesToWait = 0;

  /** `now`: milliseconds of a clock that is never set back. */
  constructor(now: () => number = steadyNow) {
    this.#now = now;
  }

  /** Runs the work when the disk is quick; undefined when it is not. */
  try<T>(work: () => T): T | undefined {
    if (this.#filesToWait > 0) {
      this.#filesToWait -= 1;
      return undefined;
    }
    const begun = this.#now();
    try {
      return work();
    } finally {
      this.#meanMs += lastShare * (this.#now() - begun - this.#meanMs);
      if (this.#meanMs > transferLimits.quickDiskMs) {
        this.#filesToWait = transferLimits.slowDiskFiles;
        // Still slow at the next try: then the other way again at once.
        this.#meanMs = transferLimits.quickDiskMs;
      }
    }
  }
}
