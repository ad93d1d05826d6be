import { serverLimits } from "../core/limits.ts";
import type { IndexStore } from "./index-store.ts";
import type { Change } from "./redo-format.ts";
import { RedoLog } from "./redo-log.ts";
import { writeRows } from "./redo-rows.ts";

/**
 * The second record of the index: a log of its changes, and all rows written down anew whenever the
 * log has outgrown them. See `redo-files.ts`.
 */
export class Redo {
  readonly #directory: string;
  readonly #index: IndexStore;
  readonly #log: RedoLog;
  #rowsBytes = 0;
  #needsRows: boolean;
  #settle: (() => Promise<void>) | undefined;
  #writing: Promise<void> | undefined;
  #stopped = false;

  private constructor(directory: string, index: IndexStore, log: RedoLog, needsRows: boolean) {
    this.#directory = directory;
    this.#index = index;
    this.#log = log;
    this.#needsRows = needsRows;
  }

  /** Brings the index up to what is written down here, as after a commit that a crash prevented. */
  static open(directory: string, index: IndexStore, sequence: number): Redo {
    const { log, needsRows } = RedoLog.open(directory, sequence, ({ changes }) =>
      index.apply(changes),
    );
    return new Redo(directory, index, log, needsRows);
  }

  /** Number of the last change. */
  get last(): number {
    return this.#log.last;
  }

  /** @param settle Resolves when every change that was appended before is committed. */
  start(settle: () => Promise<void>): void {
    this.#settle = settle;
    this.committed();
  }

  /** To be called before the index commits. Throws the disk's error. */
  append(sequence: number, changes: readonly Change[]): void {
    this.#log.append(sequence, changes);
  }

  /** Takes the last change back, since its commit failed. */
  withdraw(): void {
    this.#log.withdraw();
  }

  committed(): void {
    const { redoLogBytes, redoLogMaxBytes } = serverLimits;
    const enough = Math.min(Math.max(this.#rowsBytes, redoLogBytes), redoLogMaxBytes);
    if (!this.#needsRows && this.#log.bytes <= enough) return;
    if (this.#writing !== undefined || this.#settle === undefined || this.#stopped) return;
    this.#needsRows = false;
    this.#writing = this.#writeRows(this.#settle)
      // The log goes on. Rows are tried again when it has grown, or by the next start.
      .catch(() => undefined)
      .finally(() => {
        this.#writing = undefined;
      });
  }

  /** Gives rows that are being written a moment, so that short runs come to an end of it too. */
  async finish(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, serverLimits.redoFinishMs);
    });
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
    this.#stopped = true;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
    await this.#log.close();
  }

  async #writeRows(settle: () => Promise<void>): Promise<void> {
    const start = await this.#log.turn();
    await settle();
    const bytes = await writeRows(this.#directory, start, this.#index, {
      last: () => this.#log.last,
      stopped: () => this.#stopped,
    });
    if (bytes === undefined) return;
    this.#rowsBytes = bytes;
    this.#log.removeOld();
  }
}
