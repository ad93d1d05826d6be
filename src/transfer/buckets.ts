import type { TransferContext } from "./transfer-context.ts";

/** The buckets of one piece of work: each is opened once, so that its connections are shared. */
export class Buckets {
  readonly #open: (bucket: string) => TransferContext;
  readonly #opened = new Map<string, TransferContext>();

  constructor(open: (bucket: string) => TransferContext) {
    this.#open = open;
  }

  of(bucket: string): TransferContext {
    const context = this.#opened.get(bucket) ?? this.#open(bucket);
    this.#opened.set(bucket, context);
    return context;
  }

  /** Once the work is over: closes the stores, removes temporary files. */
  async close(): Promise<void> {
    for (const { store, temporary } of this.#opened.values()) {
      await store.close();
      await temporary.remove();
    }
  }
}
