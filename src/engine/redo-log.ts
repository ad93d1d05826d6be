import { fdatasync, ftruncateSync, openSync, closeSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeFolder } from "../disk/make-folder.ts";
import { serverLimits } from "../core/limits.ts";
import { nodeDisk } from "./node-disk.ts";
import { findRedoFiles, logPath, readLogs } from "./redo-files.ts";
import { encodeRecord, type Change, type RedoRecord } from "./redo-format.ts";

const flushFile = promisify(fdatasync);

/**
 * Writes every change of the index down a second time, before the index commits it. A record is in
 * the kernel's hands when the change is acknowledged, so that it outlives the process; it is flushed
 * within `serverLimits.redoFlushMs`, so that a power cut may take the last moment of it. Then, and
 * for a folder that has none, rows are written down anew.
 */
export class RedoLog {
  readonly #directory: string;
  #descriptor: number;
  #last: number;
  #bytes: number;
  /** What was there before the record that may be withdrawn. */
  #before: { readonly last: number; readonly bytes: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    directory: string,
    log: { readonly descriptor: number; readonly last: number; readonly bytes: number },
  ) {
    this.#directory = directory;
    this.#descriptor = log.descriptor;
    this.#last = log.last;
    this.#bytes = log.bytes;
  }

  /**
   * @param sequence The index's own last number.
   * @param makeAgain Takes changes that the index has not got: it lost them, or never heard of them.
   */
  static open(
    directory: string,
    sequence: number,
    makeAgain: (record: RedoRecord) => void,
  ): { readonly log: RedoLog; readonly needsRows: boolean } {
    makeFolder(directory, 0o700);
    const files = findRedoFiles(directory);
    const missed: RedoRecord[] = [];
    let meets = files.base === sequence || (files.base === undefined && files.logs[0] === sequence);
    const state = readLogs(directory, files, (record) => {
      if (record.sequence === sequence) meets = true;
      else if (meets) missed.push(record);
    });
    const log = files.logs.at(-1);
    if (!meets || !state.whole || log === undefined) {
      return { log: RedoLog.#begin(directory, sequence), needsRows: true };
    }
    for (const record of missed) makeAgain(record);
    const descriptor = openSync(logPath(directory, log), "r+");
    ftruncateSync(descriptor, state.endBytes);
    const redo = new RedoLog(directory, { descriptor, last: state.last, bytes: state.endBytes });
    return { log: redo, needsRows: files.base === undefined };
  }

  static #begin(directory: string, sequence: number): RedoLog {
    const descriptor = openSync(logPath(directory, sequence), "w", 0o600);
    return new RedoLog(directory, { descriptor, last: sequence, bytes: 0 });
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Number of the last change that is written down. */
  get last(): number {
    return this.#last;
  }

  /** Throws what the disk says; nothing is written then. */
  append(sequence: number, changes: readonly Change[]): void {
    const record = encodeRecord({ previous: this.#last, sequence, changes });
    this.#before = { last: this.#last, bytes: this.#bytes };
    try {
      for (let at = 0; at < record.length;) {
        at += writeSync(this.#descriptor, record, at, record.length - at, this.#bytes + at);
      }
    } catch (error) {
      this.withdraw();
      throw error;
    }
    this.#last = sequence;
    this.#bytes += record.length;
    this.#timer ??= setTimeout(() => void this.flush(), serverLimits.redoFlushMs).unref();
  }

  /** Takes the last record back: the index did not commit it. */
  withdraw(): void {
    if (this.#before === undefined) return;
    this.#last = this.#before.last;
    this.#bytes = this.#before.bytes;
    this.#before = undefined;
    ftruncateSync(this.#descriptor, this.#bytes);
  }

  /** What comes from now on goes to a log of its own; answers the number that it starts from. */
  async turn(): Promise<number> {
    const old = this.#descriptor;
    const start = this.#last;
    if (this.#bytes > 0) {
      this.#descriptor = openSync(logPath(this.#directory, start), "w", 0o600);
      this.#bytes = 0;
      this.#before = undefined;
      await flushFile(old);
      closeSync(old);
    }
    await nodeDisk.syncDirectory(this.#directory);
    return start;
  }

  /** Removes the files that a newer `rows` has made superfluous. */
  removeOld(): void {
    for (const name of findRedoFiles(this.#directory).old) unlinkSync(join(this.#directory, name));
  }

  /** A failure is no loss yet: the index has everything. The next record tries again. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await flushFile(this.#descriptor).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.flush();
    closeSync(this.#descriptor);
  }
}
