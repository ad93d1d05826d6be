import type { StorageError } from "../../core/errors.ts";
import { clientLimits } from "../../core/limits.ts";
import { restateError } from "../../core/restate-error.ts";
import type { CallScope } from "../call-scope.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { ClientEvent } from "../s3-request.ts";
import type { CallContext } from "../service-error.ts";
import type { StoreState } from "../store-state.ts";
import { TransportError } from "../transport-error.ts";
import { asStorageError } from "./as-storage-error.ts";
import { findCure } from "./find-cure.ts";
import { backoffMs, retryAfterMs } from "./retry-policy.ts";
import type { RetryBudget, RetryPolicy } from "./retry-policy.ts";

/** What the calls of one store share. */
export interface RecoveryOptions {
  readonly dialect: Dialect;
  readonly state: StoreState;
  readonly retry: RetryPolicy;
  readonly budget: RetryBudget;
  readonly random: () => number;
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** What one attempt is sent with, and what it learned. */
export interface Attempt {
  /** That it was signed for; another call may have moved the store meanwhile. */
  readonly region: string;
  readonly refreshCredentials: boolean;
  /** Of its refusal. */
  retryAfter: string | undefined;
}

/**
 * What one call remembers from attempt to attempt, and what it does about one that failed: sends it
 * again over another connection, puts right what the answer tells how to put right, waits and tries
 * again, or gives up.
 */
export class CallRecovery {
  readonly #options: RecoveryOptions;
  readonly #context: CallContext;
  readonly #scope: CallScope;
  readonly #cured = new Set<ClientEvent["type"]>();
  #attempts = 0;
  #staleSockets = 0;
  #refreshCredentials = false;
  /** An earlier attempt may have been carried out although its answer was lost. */
  #lostAnswer = false;

  constructor(options: RecoveryOptions, context: CallContext, scope: CallScope) {
    this.#options = options;
    this.#context = context;
    this.#scope = scope;
  }

  /** Runs attempts until one succeeds. Throws StorageError only. */
  async run<Answer>(send: (attempt: Attempt) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const attempt = this.#newAttempt();
      try {
        if (this.#scope.cancellation !== undefined) {
          throw new TransportError("cancelled", "", { sent: false });
        }
        const answer = await send(attempt);
        this.#options.budget.refund(this.#attempts > 0);
        return answer;
      } catch (error) {
        await this.#afterFailure(error, attempt);
      }
    }
  }

  #newAttempt(): Attempt {
    const refreshCredentials = this.#refreshCredentials;
    this.#refreshCredentials = false;
    return { region: this.#options.state.region, refreshCredentials, retryAfter: undefined };
  }

  /** Returns when another attempt is due, else throws what the caller is to see. */
  async #afterFailure(failure: unknown, attempt: Attempt): Promise<void> {
    const scope = this.#scope;
    const error = asStorageError(failure, this.#context, scope, this.#options.state.endpoint);
    if (error.outcome === "unknown") this.#lostAnswer = true;
    if (scope.cancellation === undefined) {
      if (this.#isStaleSocket(failure)) return;
      if (this.#cure(error, attempt)) return;
      const delayMs = this.#retryDelay(error, attempt);
      if (delayMs !== undefined) {
        this.#attempts += 1;
        this.#tell({
          type: "retry",
          operation: this.#context.operation,
          attempt: this.#attempts,
          delayMs,
          reason: error.s3Code ?? error.code,
        });
        await scope.sleep(delayMs);
        return;
      }
    }
    throw this.#lostAnswer && error.outcome !== "unknown"
      ? restateError(error, { outcome: "unknown" })
      : error;
  }

  /** A kept-alive connection that the store had closed meanwhile says nothing about the store. */
  #isStaleSocket(failure: unknown): boolean {
    if (!(failure instanceof TransportError) || failure.failure !== "stale") return false;
    this.#staleSockets += 1;
    return this.#staleSockets <= clientLimits.staleSocketRetries;
  }

  /** Puts right what the answer tells how to put right; each cause once a call. */
  #cure(error: StorageError, attempt: Attempt): boolean {
    const { state, dialect } = this.#options;
    const cure = findCure(error, attempt.region, state, dialect);
    if (cure === undefined || this.#cured.has(cure.type)) return false;
    this.#cured.add(cure.type);
    if (cure.type === "credentials-refreshed") this.#refreshCredentials = true;
    this.#tell({ ...cure, operation: this.#context.operation });
    return true;
  }

  /** Undefined: no further attempt. */
  #retryDelay(error: StorageError, attempt: Attempt): number | undefined {
    const { retry, random, state, budget } = this.#options;
    const failed = this.#attempts + 1;
    if (!error.retryable || failed >= retry.attempts) return undefined;
    const asked = retryAfterMs(attempt.retryAfter, state.now()) ?? 0;
    if (asked > clientLimits.retryAfterCapMs || !budget.take()) return undefined;
    return Math.max(asked, backoffMs(retry, failed, random));
  }

  #tell(event: ClientEvent): void {
    this.#options.onEvent?.(event);
  }
}
