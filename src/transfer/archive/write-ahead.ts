import { onAbort } from "../../core/on-abort.ts";

export interface WriteAheadBounds {
  readonly lanes: number;
  /** Of what is being written; one piece of work is always taken. */
  readonly heldBytes: number;
}

/**
 * Work that goes on while more of it is found: so many pieces at a time. The first failure stops the
 * others, and is thrown by the next call.
 */
export class WriteAhead {
  readonly #bounds: WriteAheadBounds;
  readonly #controller = new AbortController();
  readonly #release: () => void;
  readonly #running = new Map<Promise<void>, number>();
  #heldBytes = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(outer: AbortSignal, bounds: WriteAheadBounds) {
    this.#bounds = bounds;
    this.#release = onAbort(outer, () => this.#controller.abort(outer.reason));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Fulfilled once the work has begun. */
  async begin(sizeBytes: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { lanes, heldBytes } = this.#bounds;
    const isFull = (): boolean =>
      this.#running.size >= lanes ||
      (this.#heldBytes > 0 && this.#heldBytes + sizeBytes > heldBytes);
    while (this.#failure === undefined && isFull()) await Promise.race(this.#running.keys());
    this.assertFine();
    this.#heldBytes += sizeBytes;
    const running: Promise<void> = work(this.signal)
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#controller.abort();
      })
      .finally(() => {
        this.#heldBytes -= sizeBytes;
        this.#running.delete(running);
      });
    this.#running.set(running, sizeBytes);
  }

  /** Fulfilled once all of it is done. */
  async finish(): Promise<void> {
    await Promise.all(this.#running.keys());
    this.#release();
    this.assertFine();
  }

  /** Ends what is under way because of an error. Answers the one that came first, of which it may be a consequence. */
  async stop(noticed: unknown): Promise<unknown> {
    const first = this.#failure === undefined ? noticed : this.#failure.error;
    this.#controller.abort();
    this.#release();
    await Promise.all(this.#running.keys());
    return first;
  }

  /** Throws the first failure. */
  assertFine(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
