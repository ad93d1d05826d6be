import { backoffMs } from "../../core/backoff.ts";
import type { StorageError } from "../../core/errors.ts";
import { clientLimits } from "../../core/limits.ts";
import { TransportError } from "../transport-error.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import type { StoreLoad } from "./store-load.ts";

export interface FailedAttempt {
  readonly error: StorageError;
  /** What the attempt threw. */
  readonly failure: unknown;
  /** The wait that `Retry-After` asks for; zero without one. */
  readonly askedMs: number;
}

/** How long one call goes on trying: by time, since an outage lasts its time however often one asks. */
export class Patience {
  readonly #policy: RetryPolicy;
  readonly #load: StoreLoad;
  readonly #random: () => number;
  #failures = 0;
  #sinceMs: number | undefined;

  constructor(policy: RetryPolicy, load: StoreLoad, random: () => number) {
    this.#policy = policy;
    this.#load = load;
    this.#random = random;
  }

  /** Attempts that failed and were worth another. */
  get failures(): number {
    return this.#failures;
  }

  /** Since the first failure, in milliseconds. */
  get waitedMs(): number {
    return this.#sinceMs === undefined ? 0 : this.#load.now() - this.#sinceMs;
  }

  /** How long to wait before the next attempt, in milliseconds; undefined: there is none. */
  nextDelayMs({ error, failure, askedMs }: FailedAttempt): number | undefined {
    const { forMs } = this.#policy;
    if (!error.retryable || forMs === 0) return undefined;
    this.#failures += 1;
    this.#sinceMs ??= this.#load.now();
    if (isAboutLoad(error)) this.#load.refused();
    if (askedMs > forMs * clientLimits.retryAfterFactor) return undefined;
    const leftMs = timeMayMend(error, failure) ? this.#leftMs(error, this.#sinceMs) : 0;
    if (leftMs <= 0 && this.#failures >= clientLimits.leastAttempts) return undefined;
    const step = backoffMs(this.#policy, this.#failures, this.#random);
    // The last attempt comes when the time is up, not some while before.
    return Math.max(askedMs, this.#load.takeTurn(), leftMs > 0 ? Math.min(step, leftMs) : step);
  }

  /** A store that has too much to do is given as long as it answers others, within a bound. */
  #leftMs(error: StorageError, sinceMs: number): number {
    const { forMs } = this.#policy;
    const { answeredAtMs } = this.#load;
    const start = isAboutLoad(error) ? Math.max(sinceMs, answeredAtMs) : sinceMs;
    const end = Math.min(start + forMs, sinceMs + forMs * clientLimits.throttledFactor);
    return end - this.#load.now();
  }
}

function isAboutLoad(error: StorageError): boolean {
  return error.code === "Throttled" || error.status === 503;
}

/** An outage, a restart, a storm; not a conflict or a name that does not exist. */
function timeMayMend(error: StorageError, failure: unknown): boolean {
  if (failure instanceof TransportError && failure.code === "ENOTFOUND") return false;
  return error.code === "Throttled" || error.code === "Unavailable" || error.code === "Timeout";
}
