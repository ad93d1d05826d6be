import type { StorageError } from "../../core/errors.ts";
import { clientLimits } from "../../core/limits.ts";
import { restateError } from "../../core/restate-error.ts";
import type { CallScope } from "../call-scope.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { ClientEvent } from "../client-event.ts";
import type { CallContext } from "../service-error.ts";
import type { StoreState } from "../store-state.ts";
import { TransportError } from "../transport-error.ts";
import { asStorageError } from "./as-storage-error.ts";
import { findCure } from "./find-cure.ts";
import { Patience } from "./patience.ts";
import { retryAfterMs, type RetryPolicy } from "./retry-policy.ts";
import type { StoreLoad } from "./store-load.ts";

/** What the calls of one store share. */
export interface RecoveryOptions {
  readonly dialect: Dialect;
  readonly state: StoreState;
  readonly retry: RetryPolicy;
  readonly load: StoreLoad;
  readonly random: () => number;
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** What one attempt is sent with, and what it learned. */
export interface Attempt {
  /**
   * The region that it was signed for; another call may have turned the store to another one
   * meanwhile.
   */
  readonly region: string;
  readonly refreshCredentials: boolean;
  /** `Retry-After` of the answer that refused it. */
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
  readonly #patience: Patience;
  readonly #cured = new Set<ClientEvent["type"]>();
  #staleSockets = 0;
  #refreshCredentials = false;
  /** An earlier attempt may have been carried out although its answer was lost. */
  #lostAnswer = false;

  constructor(options: RecoveryOptions, context: CallContext, scope: CallScope) {
    this.#options = options;
    this.#context = context;
    this.#scope = scope;
    this.#patience = new Patience(options.retry, options.load, options.random);
  }

  /**
   * Runs attempts until one succeeds. Throws StorageError only. `inLane`: whether they take one of
   * the store's lanes; a request whose body may come from this very store must not wait for one.
   */
  async run<Answer>(
    send: (attempt: Attempt) => Promise<Answer>,
    { inLane }: { readonly inLane: boolean },
  ): Promise<Answer> {
    for (;;) {
      const attempt = this.#newAttempt();
      try {
        if (this.#scope.cancellation !== undefined) {
          throw new TransportError("cancelled", "", { sent: false });
        }
        const answer = await (inLane ? this.#sendInLane(send, attempt) : send(attempt));
        this.#options.load.succeeded();
        return answer;
      } catch (error) {
        await this.#afterFailure(error, attempt);
      }
    }
  }

  async #sendInLane<Answer>(
    send: (attempt: Attempt) => Promise<Answer>,
    attempt: Attempt,
  ): Promise<Answer> {
    const { lanes } = this.#options.load;
    const turn = lanes.enter(this.#scope);
    if (turn !== undefined) await turn;
    try {
      return await send(attempt);
    } finally {
      lanes.leave();
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
      const askedMs = retryAfterMs(attempt.retryAfter, this.#options.state.now()) ?? 0;
      const delayMs = this.#patience.nextDelayMs({ error, failure, askedMs });
      if (delayMs !== undefined) {
        this.#tellRetry(error, delayMs);
        await scope.sleep(delayMs);
        return;
      }
      throw this.#settled(this.#withTries(error, askedMs));
    }
    throw this.#settled(error);
  }

  #settled(error: StorageError): StorageError {
    return this.#lostAnswer && error.outcome !== "unknown"
      ? restateError(error, { outcome: "unknown" })
      : error;
  }

  /** How long it was tried, or why it was not tried longer. */
  #withTries(error: StorageError, askedMs: number): StorageError {
    const { failures, waitedMs } = this.#patience;
    const parts: string[] = [];
    if (failures > 1) parts.push(`tried ${failures} times in ${inSeconds(waitedMs)}`);
    if (askedMs > 0) parts.push(`the store asks to wait ${inSeconds(askedMs)}`);
    if (parts.length === 0 || !error.retryable) return error;
    return restateError(error, { message: `${error.message} (${parts.join("; ")})` });
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

  #tellRetry(error: StorageError, delayMs: number): void {
    const { failures, waitedMs } = this.#patience;
    this.#tell({
      type: "retry",
      operation: this.#context.operation,
      attempt: failures,
      delayMs,
      waitedMs,
      reason: error.s3Code ?? error.code,
      message: error.message,
    });
  }

  #tell(event: ClientEvent): void {
    this.#options.onEvent?.(event);
  }
}

function inSeconds(durationMs: number): string {
  return `${Math.round(durationMs / 100) / 10} s`;
}
