import { S3Error } from "../protocol/s3-error.ts";
import { diskFullError, isDiskFull } from "./disk-errors.ts";
import type { IndexStore, IndexTransaction } from "./index-store.ts";
import { LateFlush } from "./late-flush.ts";
import type { Redo } from "./redo.ts";
import type { Sequence } from "./sequence.ts";
import type { WritableTables } from "./tables.ts";

/** The most operations in one transaction, and the longest time that it may hold the event loop. */
const operationsPerBatch = 512;
const batchMs = 25;

export const sequenceKey: Buffer = Buffer.from("sequence", "utf8");

/** What an operation sees: the tables with all earlier writes, and work for after the commit. */
export interface WriteContext {
  readonly tables: WritableTables;
  readonly sequence: Sequence;
  /** Notes for later operations of the same transaction; empty again in the next. */
  readonly notes: Map<string, unknown>;
  /** Runs once the batch is committed, before the operation's promise resolves. */
  afterCommit(action: () => void): void;
}

/**
 * Must check before it writes: when it throws after a write, its whole batch is undone and the
 * others run again. May run more than once; only its last run counts.
 */
export type WriteOperation<T> = (context: WriteContext) => T;

interface Waiting {
  readonly run: (context: WriteContext) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One writer for the whole store. Operations that wait while a batch is being flushed share the
 * next transaction and its flush. Each is atomic, and they happen one after the other.
 */
export class GroupCommit {
  readonly #index: IndexStore;
  readonly #sequence: Sequence;
  readonly #redo: Redo | undefined;
  readonly #isFull: () => Promise<boolean>;
  readonly #lateFlush: LateFlush | undefined;
  /** Transactions that changed anything, and the operations in all of them. */
  transactions = 0;
  changes = 0;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #readOnlyReason: string | undefined;
  /** Sequence number of the last transaction that was committed. */
  #committed: number | undefined;

  /**
   * @param options.redo Where changes are written down a second time; undefined: nowhere.
   * @param options.isFull Whether the index's disk has no room: LMDB calls a write that was cut short
   * an I/O error.
   */
  constructor(
    index: IndexStore,
    sequence: Sequence,
    { redo, isFull }: { readonly redo?: Redo; readonly isFull?: () => Promise<boolean> } = {},
  ) {
    this.#isFull = isFull ?? (async () => await Promise.resolve(false));
    this.#index = index;
    this.#sequence = sequence;
    this.#redo = redo;
    this.#committed = index.tables.meta.get(sequenceKey);
    this.#lateFlush = index.flush && new LateFlush(index.flush, (error) => this.#refuse(error));
  }

  get readOnlyReason(): string | undefined {
    return this.#readOnlyReason;
  }

  /** After this every write is refused; reads go on. The first reason stays. */
  makeReadOnly(reason: string): void {
    this.#readOnlyReason ??= reason;
  }

  assertWritable(): void {
    if (this.#readOnlyReason === undefined) return;
    throw new S3Error("ServiceUnavailable", {
      message: `The storage server takes no more changes: ${this.#readOnlyReason}`,
    });
  }

  /** Resolves with what the operation returned, once that is durable. */
  async write<T>(operation: WriteOperation<T>): Promise<T> {
    this.assertWritable();
    return await new Promise<T>((resolve, reject) => {
      let result: T;
      this.#waiting.push({
        run: (context) => {
          result = operation(context);
        },
        resolve: () => resolve(result),
        reject,
      });
      this.#running ??= this.#work();
    });
  }

  /**
   * Resolves when no power cut can undo anything that is acknowledged so far; rejects when a flush
   * failed. With `durable` that is so always, with `memory` never asked for.
   */
  async flushed(): Promise<void> {
    await this.#lateFlush?.flushed();
  }

  /** Resolves when nothing is waiting or running. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#commitBatch();
    }
    this.#running = undefined;
  }

  async #commitBatch(): Promise<void> {
    let batch: Waiting[] = [];
    let writtenDown = false;
    try {
      const outcome = await this.#index.transact((transaction) => {
        // Taken as late as possible, so that operations that came while the lock was awaited are
        // part of it.
        const run = runBatch(this.#waiting, transaction, this.#sequence);
        batch = this.#waiting.splice(0, run.count);
        if (run.sequence !== undefined) {
          this.#redo?.append(run.sequence, transaction.changes);
          writtenDown = true;
        }
        return run;
      });
      // What the index has, the second record must keep, whatever goes wrong from here on.
      writtenDown = false;
      if (outcome.sequence !== undefined) this.#committed = outcome.sequence;
      this.transactions += 1;
      this.changes += batch.length;
      this.#redo?.committed();
      this.#lateFlush?.committed();
      for (const action of outcome.actions) action();
      settle(batch, outcome);
    } catch (error) {
      if (writtenDown) this.#withdraw();
      await this.#batchFailed(batch, error);
    }
  }

  async #batchFailed(batch: Waiting[], error: unknown): Promise<void> {
    if (error instanceof BrokenOperation) {
      error.waiting.reject(error.cause);
      this.#waiting = this.#waiting.filter((waiting) => waiting !== error.waiting);
      return;
    }
    const cause = await commitCause(error);
    const full = isDiskFull(cause) || (await this.#isFull());
    if (full && this.#isUndone()) {
      // The transaction was undone as a whole, and the next one may find room.
      const refused = diskFullError({ directory: "the index", cause });
      const failed = batch.length > 0 ? batch : this.#waiting.splice(0);
      for (const waiting of failed) waiting.reject(refused);
      return;
    }
    this.#refuse(cause);
    const refused = new S3Error("InternalError", {
      message: "The change could not be written to the disk; whether it took place is not known.",
      cause,
    });
    for (const waiting of batch) waiting.reject(refused);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(refused);
  }

  /** True when the index still has the number that it had before the last transaction. */
  #isUndone(): boolean {
    try {
      return this.#index.tables.meta.get(sequenceKey) === this.#committed;
    } catch {
      return false;
    }
  }

  /** What was not committed must not be made again by the next start. */
  #withdraw(): void {
    try {
      this.#redo?.withdraw();
    } catch {
      // The store becomes read-only, and nobody was told whether the change took place.
    }
  }

  #refuse(cause: unknown): void {
    this.makeReadOnly(
      `writing the index failed (${String(cause)}). What is stored can be read. Restart the server ` +
        "once the disk is sound and has free space.",
    );
  }
}

interface BatchOutcome {
  /** Operations that ran, from the first one on. */
  readonly count: number;
  readonly failures: ReadonlyMap<Waiting, { readonly error: unknown }>;
  readonly actions: readonly (() => void)[];
  /** Undefined: nothing was written. */
  readonly sequence: number | undefined;
}

function settle(batch: readonly Waiting[], outcome: BatchOutcome): void {
  for (const waiting of batch) {
    const failure = outcome.failures.get(waiting);
    if (failure === undefined) waiting.resolve();
    else waiting.reject(failure.error);
  }
}

class BrokenOperation extends Error {
  override readonly name = "BrokenOperation";
  readonly waiting: Waiting;

  constructor(waiting: Waiting, cause: unknown) {
    super("An operation failed after it had written.", { cause });
    this.waiting = waiting;
  }
}

/** The first operations that wait, until there are enough or the time is over. */
function runBatch(
  queue: readonly Waiting[],
  transaction: IndexTransaction,
  sequence: Sequence,
): BatchOutcome {
  const failures = new Map<Waiting, { readonly error: unknown }>();
  const actions: (() => void)[] = [];
  const notes = new Map<string, unknown>();
  const { tables } = transaction;
  const until = performance.now() + batchMs;
  let count = 0;
  for (const waiting of queue) {
    if (count === operationsPerBatch || (count > 0 && performance.now() > until)) break;
    count += 1;
    const before = transaction.changes.length;
    const own: (() => void)[] = [];
    try {
      const afterCommit = (action: () => void): void => void own.push(action);
      waiting.run({ tables, sequence, notes, afterCommit });
      actions.push(...own);
    } catch (error) {
      if (transaction.changes.length > before) throw new BrokenOperation(waiting, error);
      failures.set(waiting, { error });
    }
  }
  // A number of its own for every transaction, also for one that only removes.
  const last = transaction.changes.length > 0 ? sequence.next() : undefined;
  if (last !== undefined) tables.meta.put(sequenceKey, last);
  return { count, failures, actions, sequence: last };
}

/** LMDB rejects with "Commit failed" and tells why in a second promise, which may never settle. */
async function commitCause(failure: unknown): Promise<unknown> {
  const second: unknown =
    failure instanceof Error ? Reflect.get(failure, "commitError") : undefined;
  if (!(second instanceof Promise)) return failure;
  const settled = second.then(
    () => failure,
    (cause: unknown) => cause,
  );
  const tick = new Promise<unknown>((resolve) => {
    setImmediate(() => resolve(failure));
  });
  return await Promise.race([settled, tick]);
}
