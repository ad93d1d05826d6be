import { clientLimits } from "../../core/limits.ts";

const intervalMs = 1000 / clientLimits.retriesPerSecond;
const burstMs = intervalMs * clientLimits.retryBurst;

/**
 * The rate of retries that one store's calls share: however many of them fail, a store in trouble
 * gets a bounded load of repetitions on top of its new calls. Nobody is turned away, all take turns
 * (generic cell rate algorithm).
 */
export class RetryPacer {
  readonly #now: () => number;
  /** When the retries that were let through would be over, had they come at the rate. */
  #paidUntilMs = Number.NEGATIVE_INFINITY;

  /** `now`: milliseconds of a clock that is never set back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes the next turn; answers how long it is until then, in milliseconds. */
  takeTurn(): number {
    const now = this.#now();
    this.#paidUntilMs = Math.max(this.#paidUntilMs, now - burstMs) + intervalMs;
    return Math.max(0, this.#paidUntilMs - now);
  }
}
