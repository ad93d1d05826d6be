import { transferLimits } from "../../core/limits.ts";

/**
 * Whether small files are read and written at once, in place of by way of the thread pool, which costs
 * several times their CPU: as long as the disk answers at once. After a slow answer the next files take
 * the other way, where many wait side by side and nothing else waits for them.
 */
export class DiskPace {
  readonly #now: () => number;
  #filesToWait = 0;

  /** `now`: milliseconds of a clock that is never set back. */
  constructor(now: () => number = () => performance.now()) {
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
      if (this.#now() - begun > transferLimits.quickDiskMs) {
        this.#filesToWait = transferLimits.slowDiskFiles;
      }
    }
  }
}
