import { clientLimits } from "../../core/limits.ts";
import type { CallScope } from "../call-scope.ts";
import { TransportError } from "../transport-error.ts";

/**
 * How many requests of one store are under way at a time: as many as it has connections, half of
 * that each time it says that it has too much to do, and slowly more while it answers. Calls that wait
 * between two attempts take no lane.
 */
export class AdaptiveLanes {
  readonly #most: number;
  readonly #now: () => number;
  readonly #waiting = new Set<() => void>();
  /** Lanes that are open; a fraction while their number grows. */
  #open: number;
  #taken = 0;
  #narrowedAtMs = Number.NEGATIVE_INFINITY;

  /** `now`: milliseconds of a clock that is never set back. */
  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#open = most;
    this.#now = now;
  }

  get open(): number {
    return Math.floor(this.#open);
  }

  /** Undefined: a lane was free and is taken. Rejects with TransportError `cancelled`. */
  enter(scope: CallScope): Promise<void> | undefined {
    if (this.#taken < this.open) {
      this.#taken += 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const release = scope.onCancel(() => {
        this.#waiting.delete(begin);
        reject(new TransportError("cancelled", "The call was stopped.", { sent: false }));
      });
      const begin = (): void => {
        release();
        resolve();
      };
      this.#waiting.add(begin);
    });
  }

  leave(): void {
    this.#taken -= 1;
    for (const begin of this.#waiting) {
      if (this.#taken >= this.open) return;
      this.#waiting.delete(begin);
      this.#taken += 1;
      begin();
    }
  }

  /** Refusals of requests that went out together count once. */
  narrow(): void {
    const now = this.#now();
    if (now - this.#narrowedAtMs < clientLimits.lanesPauseMs) return;
    this.#narrowedAtMs = now;
    this.#open = Math.max(1, Math.min(this.#open, this.#taken) / 2);
  }

  widen(): void {
    if (this.#open < this.#most) this.#open = Math.min(this.#most, this.#open + 1 / this.#open);
  }
}
