import { type OptionChecks, checkArgument, checkOptions, isText } from "../core/check-options.ts";
import { isStorageError, StorageError } from "../core/errors.ts";
import { assertObjectKey } from "../core/object-key.ts";
import { restateError } from "../core/restate-error.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import { toKey } from "./to-key.ts";

/** The calls of one file service: each refused for what cannot be, counted, and stopped by `close`. */
export class ServiceCalls {
  readonly #context: TransferContext;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(context: TransferContext) {
    this.#context = context;
  }

  /** A call about one file. */
  onKey<T, Options extends object>(
    operation: string,
    path: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    work: (key: string) => Promise<T>,
  ): Promise<T> {
    return this.run(operation, options, checks, async () => work(this.key(operation, path)));
  }

  /** A call about a directory or a prefix, which may be empty. */
  onPath<T, Options extends object>(
    operation: string,
    path: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.run(operation, options, checks, async () => {
      checkArgument(operation, "the path", path, isText);
      return work();
    });
  }

  async run<T, Options extends object>(
    operation: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    work: (operation: string) => Promise<T>,
  ): Promise<T> {
    this.check(operation, options, checks);
    const running = work(operation);
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      throw this.#closing === undefined ? error : closedMeanwhile(operation, error);
    } finally {
      this.#running.delete(running);
    }
  }

  /** Refused when closed or asked for what cannot be, before anything is done. */
  check<Options extends object>(
    operation: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
  ): void {
    if (this.#closing !== undefined) {
      throw new StorageError("Closed", `${operation}: the file service is closed.`, {
        operation,
        remedy: "Close it after its last use, or make another one.",
      });
    }
    checkOptions(operation, options, checks);
  }

  /** Throws InvalidArgument, InvalidKey. */
  key(operation: string, path: string): string {
    checkArgument(operation, "the path", path, isText);
    const key = toKey(this.#context.store.bucket, path);
    assertObjectKey(key, operation);
    return key;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#context.store.close();
    // What was running ends now, with Aborted, and takes its own unfinished files away.
    await Promise.allSettled(this.#running);
    await this.#context.temporary.remove();
  }
}

/** `close()` ends what runs; which of its calls was the one to notice does not matter. */
function closedMeanwhile(operation: string, error: unknown): unknown {
  if (!isStorageError(error, "Closed")) return error;
  const message = `${operation} was stopped because the file service was closed.`;
  return restateError(error, { code: "Aborted", message, operation, retryable: false });
}
