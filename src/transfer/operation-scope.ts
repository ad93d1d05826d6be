import { isStorageError, StorageError } from "../core/errors.ts";
import type { CallOptions } from "../core/object-store.ts";
import { onAbort } from "../core/on-abort.ts";

/** What all calls of one operation share. */
export interface OperationScope {
  readonly signal: AbortSignal;
}

/**
 * Runs an operation of many calls under one signal and one time limit. A call that this limit stops
 * fails with Timeout, one that the caller's signal stops with Aborted.
 */
export async function inScope<T>(
  operation: string,
  options: CallOptions,
  run: (scope: OperationScope) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal: outer, timeoutMs } = options;
  let timedOut = false;
  const release = outer && onAbort(outer, () => controller.abort(outer.reason));
  const onTime = (): void => {
    timedOut = true;
    controller.abort();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTime, timeoutMs);
  try {
    return await run({ signal: controller.signal });
  } catch (error) {
    if (!timedOut || !isStorageError(error, "Aborted")) throw error;
    throw new StorageError("Timeout", `${operation} did not end within ${timeoutMs} ms.`, {
      operation,
      retryable: true,
      outcome: error.outcome,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    release?.();
  }
}
