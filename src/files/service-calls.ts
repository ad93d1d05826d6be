import { type OptionChecks, checkArgument, isText } from "../core/check-options.ts";
import { isStorageError, StorageError } from "../core/errors.ts";
import { assertObjectKey } from "../core/object-key.ts";
import { takeOptions } from "../core/take-options.ts";
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
    work: (key: string, given: Options | undefined) => Promise<T>,
  ): Promise<T> {
    return this.run(operation, options, checks, async (given) =>
      work(this.key(operation, path), given),
    );
  }

  /** A call about a directory or a prefix, which may be empty. */
  onPath<T, Options extends object>(
    operation: string,
    path: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    work: (given: Options | undefined) => Promise<T>,
  ): Promise<T> {
    return this.run(operation, options, checks, async (given) => {
      checkArgument(operation, "the path", path, isText);
      return work(given);
    });
  }

  /** `given`: what was taken of the options; the caller's own are not read again. */
  async run<T, Options extends object>(
    operation: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    work: (given: Options | undefined) => Promise<T>,
  ): Promise<T> {
    const running = work(this.take(operation, options, checks));
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
  take<Options extends object>(
    operation: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
  ): Options | undefined {
    if (this.#closing !== undefined) {
      throw new StorageError("Closed", `${operation}: the file service is closed.`, {
        operation,
        remedy: "Close it after its last use, or make another one.",
      });
    }
    return options === undefined ? undefined : takeOptions(operation, options, checks);
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
