import { type FileHandle, open, rm } from "node:fs/promises";
import { journalLimits } from "../../core/journal-limits.ts";
import { journalLine } from "./journal-lines.ts";

/** Journals that this process works with, by path. */
const held = new Set<string>();

export function isHeld(path: string): boolean {
  return held.has(path);
}

/**
 * The file of one transfer: lines are only ever added, in order, and not flushed to the disk: what is
 * lost by it is sent or fetched once more. A line that cannot be written ends the journal, never the
 * transfer.
 */
export class Journal {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #heartbeat: NodeJS.Timeout;
  #writing: Promise<void> = Promise.resolve();
  readonly #waiting: Buffer[] = [];
  #sizeBytes: number;
  #writtenBytes: number;
  #isBroken = false;

  private constructor(path: string, handle: FileHandle, sizeBytes: number) {
    this.path = path;
    this.#handle = handle;
    this.#sizeBytes = sizeBytes;
    this.#writtenBytes = sizeBytes;
    held.add(path);
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      void handle.utimes(now, now).catch(() => undefined);
    }, journalLimits.touchMs);
    this.#heartbeat.unref();
  }

  /** A new file of this user's alone. */
  static async create(path: string, header: unknown): Promise<Journal> {
    const handle = await open(path, "wx", 0o600);
    const journal = new Journal(path, handle, 0);
    journal.add(header);
    await journal.#writing;
    return journal;
  }

  /** A file that is whole up to `wholeBytes`. */
  static async reopen(path: string, handle: FileHandle, wholeBytes: number): Promise<Journal> {
    await handle.truncate(wholeBytes);
    return new Journal(path, handle, wholeBytes);
  }

  add(record: unknown): void {
    const line = Buffer.from(journalLine(record));
    // One that is full stays full, so that what it holds is a beginning without gaps.
    this.#sizeBytes += line.length;
    if (this.#sizeBytes > journalLimits.fileBytes) return;
    this.#waiting.push(line);
    if (this.#waiting.length === 1) this.#writing = this.#write(this.#writing);
  }

  /** All lines that wait by then in one write: on a busy machine one for each falls behind. */
  async #write(before: Promise<void>): Promise<void> {
    await before;
    const lines = Buffer.concat(this.#waiting.splice(0));
    if (this.#isBroken) return;
    try {
      await this.#handle.write(lines, 0, lines.length, this.#writtenBytes);
      this.#writtenBytes += lines.length;
    } catch {
      this.#isBroken = true;
    }
  }

  /** For the next run. */
  async keep(): Promise<void> {
    await this.#close();
  }

  async remove(): Promise<void> {
    await this.#close();
    await rm(this.path, { force: true });
  }

  async #close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#writing;
    await this.#handle.close().catch(() => undefined);
    held.delete(this.path);
  }
}
