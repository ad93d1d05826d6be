import { paceLimits } from "./limits.ts";
import { steadyNow } from "./steady-now.ts";

/** Clock and waiting, for tests. */
export interface PaceClock {
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

const systemClock: PaceClock = {
  now: steadyNow,
  wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
};

/**
 * Lets no more than so many units through a second, in the order in which they are asked for. What
 * was not used of the last `paceLimits.burstMs` may come at once.
 */
export class Pace {
  readonly perSecond: number;
  readonly #clock: PaceClock;
  /** When all that was let through so far has had its time. */
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, clock: PaceClock = systemClock) {
    this.perSecond = perSecond;
    this.#clock = clock;
  }

  /** Waits for the turn of so many units. */
  async take(units: number): Promise<void> {
    const now = this.#clock.now();
    const begin = Math.max(this.#freeAtMs, now - paceLimits.burstMs);
    this.#freeAtMs = begin + (units * 1000) / this.perSecond;
    if (this.#freeAtMs > now) await this.#clock.wait(this.#freeAtMs - now);
  }
}
