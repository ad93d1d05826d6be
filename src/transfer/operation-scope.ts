import { InvariantError } from "../core/assert.ts";
import { isStorageError, StorageError } from "../core/errors.ts";
import type { CallOptions } from "../core/object-store.ts";
import { onAbort } from "../core/on-abort.ts";
import { abortedCall, stoppedCall } from "../core/stopped-call.ts";

/** What all calls of one operation share. */
export interface OperationScope {
  readonly signal: AbortSignal;
}

/** Node lets a longer timer end at once; such a long one is as good as none. */
const longestTimerMs = 2 ** 31 - 1;

/** Of operations that nothing stops: a controller for each would cost more than a small request. */
const neverAborted = new AbortController().signal;

/**
 * One signal and one time limit for an operation of many calls, and the one place that says why it
 * ended: what fails once the operation was stopped fails because of that, whatever it says itself.
 */
export class OpenScope implements OperationScope {
  readonly #operation: string;
  readonly #options: CallOptions;
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #release: (() => void) | undefined;
  #timedOut = false;

  constructor(operation: string, options: CallOptions) {
    this.#operation = operation;
    this.#options = options;
    const { signal: outer, timeoutMs } = options;
    if (timeoutMs === undefined || timeoutMs > longestTimerMs) {
      this.signal = outer ?? neverAborted;
      return;
    }
    const controller = new AbortController();
    this.signal = controller.signal;
    this.#release = outer && onAbort(outer, () => controller.abort(outer.reason));
    this.#timer = setTimeout(() => {
      if (controller.signal.aborted) return;
      this.#timedOut = true;
      controller.abort();
    }, timeoutMs);
  }

  /** The error to throw: Aborted or Timeout once stopped, else a StorageError in any case. */
  judge(error: unknown): unknown {
    if (error instanceof InvariantError) return error;
    if (this.signal.aborted) return this.#stopped(error);
    if (error instanceof StorageError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new StorageError("Unknown", `${this.#operation}: ${message}`, {
      operation: this.#operation,
      cause: error,
    });
  }

  /** Frees timer and listener. Safe to call twice. */
  end(): void {
    clearTimeout(this.#timer);
    this.#release?.();
  }

  #stopped(error: unknown): StorageError {
    const operation = this.#operation;
    if (this.#timedOut) {
      const message = `${operation} did not end within ${this.#options.timeoutMs} ms.`;
      return stoppedCall(error, { operation, code: "Timeout", message });
    }
    return isStorageError(error, "Aborted") ? error : abortedCall(operation, error);
  }
}

/**
 * Runs an operation of many calls under one signal and one time limit. A call that this limit stops
 * fails with Timeout, one that the caller's signal stops with Aborted. Throws StorageError only.
 */
export async function inScope<T>(
  operation: string,
  options: CallOptions,
  run: (scope: OperationScope) => Promise<T>,
): Promise<T> {
  const scope = new OpenScope(operation, options);
  try {
    assertRunning(operation, scope.signal);
    return await run(scope);
  } catch (error) {
    throw scope.judge(error);
  } finally {
    scope.end();
  }
}

/** Throws Aborted once the signal is: for loops that would else end as if their work were done. */
export function assertRunning(operation: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedCall(operation, signal.reason);
}
