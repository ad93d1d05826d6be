import { backoffMs } from "../core/backoff.ts";
import { clientLimits } from "../core/limits.ts";
import type { RetryEvent } from "../core/retry-event.ts";
import { networkError } from "./network-error.ts";

/** What the SDK tells of an attempt that failed. */
interface FailedAttempt {
  readonly errorType: string;
  /** When `Retry-After` asks to come back. */
  readonly retryAfterHint?: Date;
  readonly error?: unknown;
}

/** The SDK's token of a call; `sinceMs`: when its first attempt failed. */
interface CallToken {
  getRetryCount(): number;
  getRetryDelay(): number;
  readonly sinceMs: number | undefined;
}

interface RetryTools {
  /** Milliseconds, of any start. */
  readonly now?: () => number;
  readonly random?: () => number;
  readonly onEvent?: (event: RetryEvent) => void;
}

/**
 * The SDK's strategy of retries, by time as in the data plane: throttling, lost connections and answers
 * of 500, 502, 503 and 504 are tried again until `forMs` milliseconds after the first failure, and
 * four times at least; 0: not at all. Full jitter; `Retry-After` is heeded.
 */
export function retryByTime(
  forMs: number,
  { now = () => performance.now(), random = Math.random, onEvent }: RetryTools = {},
) {
  return {
    acquireInitialRetryToken: (): Promise<CallToken> => Promise.resolve(token(0, 0, undefined)),
    /** The SDK throws the attempt's own error when this rejects. */
    refreshRetryTokenForRetry(call: CallToken, failure: FailedAttempt): Promise<CallToken> {
      const failures = call.getRetryCount() + 1;
      const sinceMs = call.sinceMs ?? now();
      const askedMs = Math.max(0, (failure.retryAfterHint?.getTime() ?? 0) - Date.now());
      const leftMs = timeMayMend(failure.error) ? sinceMs + forMs - now() : 0;
      const spent = leftMs <= 0 && failures >= clientLimits.leastAttempts;
      const tooLong = askedMs > forMs * clientLimits.retryAfterFactor;
      if (forMs === 0 || !isWorthAnother(failure) || spent || tooLong) {
        return Promise.reject(new Error("No further attempt."));
      }
      const jittered = backoffMs(clientLimits, failures, random);
      const delayMs = Math.max(askedMs, leftMs > 0 ? Math.min(jittered, leftMs) : jittered);
      const waitedMs = now() - sinceMs;
      onEvent?.({ ...inWords(failure), type: "retry", attempt: failures, delayMs, waitedMs });
      return Promise.resolve(token(failures, delayMs, sinceMs));
    },
    recordSuccess: () => {},
  };
}

function token(count: number, delayMs: number, sinceMs: number | undefined): CallToken {
  return { getRetryCount: () => count, getRetryDelay: () => delayMs, sinceMs };
}

function isWorthAnother({ errorType }: FailedAttempt): boolean {
  return errorType === "THROTTLING" || errorType === "TRANSIENT";
}

/** A name that does not exist comes into being too seldom to be waited for. */
function timeMayMend(error: unknown): boolean {
  return !(error instanceof Error && "code" in error && error.code === "ENOTFOUND");
}

/** The SDK's strategies are not told which operation it is. */
function inWords({ error, errorType }: FailedAttempt): {
  readonly operation: string;
  readonly reason: string;
  readonly message: string;
} {
  const operation = "A request for settings";
  const found = networkError(error, {});
  if (found !== undefined) return { operation, reason: found.code, message: found.message };
  const [reason, words] = error instanceof Error ? [error.name, error.message] : [errorType, ""];
  const message = words === "" || words === reason ? reason : `${reason}: ${words}`;
  return { operation, reason, message: `${operation} failed: ${message}.` };
}
