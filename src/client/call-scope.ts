import { StorageError } from "../core/errors.ts";
import type { CallOptions } from "../core/object-store.ts";
import type { LiveList } from "../core/live-list.ts";
import { onAbort } from "../core/on-abort.ts";
import { TransportError } from "./transport-error.ts";

/** Node fires a timer with a longer delay at once, so a longer limit is treated as none. */
const longestTimerMs = 2 ** 31 - 1;

export type Cancellation = "aborted" | "timed-out" | "closed";

/**
 * The life of one call over all its attempts: ended early by the caller's signal, by `timeoutMs` or
 * by the store's `close()`. Cheaper than an AbortController for each request.
 */
export class CallScope {
  readonly #handlers = new Set<() => void>();
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #leave: () => void;
  #cancellation: Cancellation | undefined;
  readonly #releaseSignal: (() => void) | undefined;

  /** `open` holds the store's running calls, for `close()`. */
  constructor(options: CallOptions, open: LiveList<CallScope>) {
    this.#signal = options.signal;
    this.#leave = open.add(this);
    this.#releaseSignal = this.#signal && onAbort(this.#signal, () => this.cancel("aborted"));
    const { timeoutMs } = options;
    if (timeoutMs !== undefined && timeoutMs <= longestTimerMs) {
      this.#timer = setTimeout(() => this.cancel("timed-out"), timeoutMs);
    }
  }

  get cancellation(): Cancellation | undefined {
    return this.#cancellation;
  }

  cancel(why: Cancellation): void {
    if (this.#cancellation !== undefined) return;
    this.#cancellation = why;
    for (const handler of this.#handlers) handler();
    this.#handlers.clear();
  }

  /** Calls `handler` on cancellation; the answer takes the handler away again. */
  onCancel(handler: () => void): () => void {
    if (this.#cancellation === undefined) this.#handlers.add(handler);
    else queueMicrotask(handler);
    return () => this.#handlers.delete(handler);
  }

  /**
   * Answers what the work resolves to; on cancellation throws TransportError `cancelled` without
   * waiting for the work.
   */
  async waitFor<T>(work: Promise<T>): Promise<T> {
    let release: (() => void) | undefined;
    const cancelled = new Promise<never>((_resolve, reject) => {
      release = this.onCancel(() =>
        reject(new TransportError("cancelled", "The call was stopped.", { sent: false })),
      );
    });
    try {
      return await Promise.race([work, cancelled]);
    } finally {
      release?.();
    }
  }

  /** Resolves after the time or at once on cancellation. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const release = this.onCancel(() => {
        clearTimeout(timer);
        resolve();
      });
      const timer = setTimeout(() => {
        release();
        resolve();
      }, delayMs);
    });
  }

  /** Frees timer and listener. Safe to call twice. */
  end(): void {
    clearTimeout(this.#timer);
    this.#releaseSignal?.();
    this.#handlers.clear();
    this.#leave();
  }

  /** The error of a cancelled call. */
  error(
    operation: string,
    context: { bucket: string | undefined; key?: string | undefined },
  ): StorageError {
    const details = {
      operation,
      ...(context.bucket !== undefined && { bucket: context.bucket }),
      ...(context.key !== undefined && { key: context.key }),
      cause: this.#signal?.reason as unknown,
    };
    if (this.#cancellation === "timed-out") {
      return new StorageError("Timeout", `${operation} did not end within its time.`, {
        ...details,
        retryable: true,
        remedy: "Give a larger timeoutMs, or look whether the store is slow.",
      });
    }
    const why = this.#cancellation === "closed" ? "the store was closed" : "its signal was aborted";
    return new StorageError("Aborted", `${operation} was stopped because ${why}.`, details);
  }
}
