import { StorageError } from "../core/errors.ts";
import { onAbort } from "../core/on-abort.ts";

/** What cannot be stopped itself, such as a pipe that is silent for ever: whoever aborts need not wait for it. */
export async function unlessAborted<T>(
  operation: string,
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let release: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    release = onAbort(signal, () => {
      reject(new StorageError("Aborted", `${operation}: stopped.`, { operation }));
    });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    release?.();
  }
}
