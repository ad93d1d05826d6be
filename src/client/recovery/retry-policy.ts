import { clientLimits } from "../../core/limits.ts";
import { parseHttpDate } from "../../protocol/http-date.ts";

export interface RetryPolicy {
  /** Attempts in all, the first included. 1 turns retries off. */
  readonly attempts: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: clientLimits.attempts,
  backoffBaseMs: clientLimits.backoffBaseMs,
  backoffCapMs: clientLimits.backoffCapMs,
};

/**
 * Full jitter: anything from zero to the exponential step, so that clients that failed together do
 * not come back together. `attempt` counts from 1; `random` gives [0, 1).
 */
export function backoffMs(policy: RetryPolicy, attempt: number, random: () => number): number {
  const step = Math.min(policy.backoffCapMs, policy.backoffBaseMs * 2 ** (attempt - 1));
  return Math.floor(random() * step);
}

/** Reads `Retry-After`: seconds or an HTTP date. Undefined: absent or nonsense. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = parseHttpDate(header);
  return at === undefined ? undefined : Math.max(0, at.getTime() - now.getTime());
}

/**
 * A token bucket that one store's calls share: when most requests fail, retries stop and errors come
 * through at once, so that a broken server is not given four times its load.
 */
export class RetryBudget {
  #tokens: number = clientLimits.retryBudgetTokens;

  /** Takes the price of one retry; false when there is not enough left. */
  take(): boolean {
    if (this.#tokens < clientLimits.retryCostTokens) return false;
    this.#tokens -= clientLimits.retryCostTokens;
    return true;
  }

  /** Each success gives a token back; one that needed a retry gives back its price. */
  refund(afterRetry: boolean): void {
    const tokens = this.#tokens + (afterRetry ? clientLimits.retryCostTokens : 1);
    this.#tokens = Math.min(clientLimits.retryBudgetTokens, tokens);
  }
}
