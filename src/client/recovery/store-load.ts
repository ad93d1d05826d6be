import { AdaptiveLanes } from "./adaptive-lanes.ts";
import { RetryPacer } from "./retry-pacer.ts";
import { steadyNow } from "../../core/steady-now.ts";

/** What all calls of one store know together: how much it takes, and when it last did its work. */
export class StoreLoad {
  readonly lanes: AdaptiveLanes;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly #pacer: RetryPacer;
  #answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(maxConnections: number, now: () => number = steadyNow) {
    this.now = now;
    this.lanes = new AdaptiveLanes(maxConnections, now);
    this.#pacer = new RetryPacer(now);
  }

  /** When the last call succeeded. */
  get answeredAtMs(): number {
    return this.#answeredAtMs;
  }

  succeeded(): void {
    this.#answeredAtMs = this.now();
    this.lanes.widen();
  }

  /** The store says that it has too much to do. */
  refused(): void {
    this.lanes.narrow();
  }

  /** How long a retry waits for its turn among those of all calls, in milliseconds. */
  takeTurn(): number {
    return this.#pacer.takeTurn();
  }
}
