/** Sequence numbers are microseconds since 1970, or one more than the last: safe until year 2255. */
const unitsPerMs = 1000;

/**
 * Numbers that only grow, also within one millisecond, across restarts and when the clock steps
 * back. They order versions and uploads and name rows of the index.
 */
export class Sequence {
  readonly #now: () => Date;
  #last: number;

  /** @param last The highest number that may have been used before; 0 for a new store. */
  constructor(now: () => Date, last: number) {
    this.#now = now;
    this.#last = last;
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, this.#now().getTime() * unitsPerMs);
    return this.#last;
  }

  get last(): number {
    return this.#last;
  }
}
