import { clientLimits } from "../../core/limits.ts";
import { parseHttpDate } from "../../protocol/http-date.ts";

export interface RetryPolicy {
  /**
   * How long a call goes on trying, from its first failure on, in milliseconds; 0: not at all. Default
   * `clientLimits.retryForMs`.
   */
  readonly forMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  forMs: clientLimits.retryForMs,
  backoffBaseMs: clientLimits.backoffBaseMs,
  backoffCapMs: clientLimits.backoffCapMs,
};

/** Reads `Retry-After`: seconds or an HTTP date. Undefined: absent or nonsense. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = parseHttpDate(header);
  return at === undefined ? undefined : Math.max(0, at.getTime() - now.getTime());
}
