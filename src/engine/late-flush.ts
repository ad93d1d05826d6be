import { serverLimits } from "../core/limits.ts";

/**
 * Flushes of an index whose commits are acknowledged before they are wholly on the disk: at most
 * `relaxedFlushMs` after a commit, and at once for whoever must know that it is there.
 */
export class LateFlush {
  readonly #flush: () => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  #planned = false;
  /** Commits so far, and how many of them are on the disk. */
  #committed = 0;
  #flushed = 0;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param onFailure Called once: after a failed flush none is tried again, none could be believed. */
  constructor(flush: () => Promise<void>, onFailure: (error: unknown) => void) {
    this.#flush = flush;
    this.#onFailure = onFailure;
  }

  committed(): void {
    this.#committed += 1;
    if (this.#planned) return;
    this.#planned = true;
    setTimeout(() => {
      this.#planned = false;
      // A failure has been told to `onFailure` already.
      this.flushed().catch(() => undefined);
    }, serverLimits.relaxedFlushMs);
  }

  /** Resolves when every commit made before this call is on the disk; rejects when it is not. */
  async flushed(): Promise<void> {
    const wanted = this.#committed;
    while (this.#flushed < wanted) {
      if (this.#failure !== undefined) throw this.#failure.error;
      await (this.#running ??= this.#run());
    }
  }

  async #run(): Promise<void> {
    const upTo = this.#committed;
    try {
      await this.#flush();
      this.#flushed = upTo;
    } catch (error) {
      this.#failure = { error };
      this.#onFailure(error);
      throw error;
    } finally {
      this.#running = undefined;
    }
  }
}
