import { serverLimits } from "../core/limits.ts";
import type { BlobFiles, BlobId } from "./blob-files.ts";
import type { BlobPins } from "./blob-pins.ts";
import { sumsKey } from "./block-sums.ts";
import type { GroupCommit } from "./group-commit.ts";
import { blobKey } from "./index-keys.ts";
import type { BlobRow } from "./rows.ts";
import type { Table, WritableTables } from "./tables.ts";

/** Files taken off the list in one transaction. */
const filesPerRound = 256;

/**
 * Unlinks files whose entry in the garbage table is committed, then takes them off that table. A
 * crash in between only means that the next open does it again.
 */
export class GarbageCollector {
  readonly #files: BlobFiles;
  readonly #pins: BlobPins;
  readonly #commit: GroupCommit;
  readonly #garbage: Table<BlobRow>;
  readonly #waiting = new Set<BlobId>();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(files: BlobFiles, pins: BlobPins, commit: GroupCommit, garbage: Table<BlobRow>) {
    this.#files = files;
    this.#pins = pins;
    this.#commit = commit;
    this.#garbage = garbage;
  }

  add(ids: Iterable<BlobId>): void {
    for (const id of ids) this.#waiting.add(id);
    if (this.#waiting.size > 0 && !this.#stopped) this.#running ??= this.#work();
  }

  get waitingFiles(): number {
    return this.#waiting.size;
  }

  /** Resolves when all files are gone that nobody reads. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.idle();
  }

  async #work(): Promise<void> {
    try {
      while (this.#waiting.size > 0 && !this.#stopped) await this.#round();
    } catch {
      // The index takes no more writes. What is in the garbage table goes after the next open.
    } finally {
      this.#running = undefined;
    }
  }

  async #round(): Promise<void> {
    const round = [...this.#waiting].slice(0, filesPerRound);
    const dead: BlobId[] = [];
    for (const id of round) {
      this.#waiting.delete(id);
      // A copy that was under way may have taken the file back into use.
      if (!this.#garbage.has(blobKey(id))) continue;
      if (this.#pins.beginRemoval(id, () => this.add([id]))) dead.push(id);
    }
    if (dead.length === 0) return;
    // Flushed before anything is unlinked: otherwise a power cut could bring back an object whose
    // file is gone.
    await this.#commit.flushed();
    const gone = await this.#unlinkAll(dead);
    if (gone.length === 0) return;
    await this.#commit.write(({ tables }) => {
      for (const id of gone) {
        tables.garbage.remove(blobKey(id));
        removeSums(tables, id);
      }
    });
    // Only after its entry is removed: while that is there, a file that is gone looks as if it
    // could be used again.
    for (const id of gone) this.#pins.endRemoval(id);
  }

  /**
   * Answers the files that are gone. One that cannot be unlinked takes no readers until the next
   * open.
   */
  async #unlinkAll(ids: readonly BlobId[]): Promise<BlobId[]> {
    const queue = [...ids];
    const gone: BlobId[] = [];
    const work = async (): Promise<void> => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        try {
          await this.#files.remove(id);
          gone.push(id);
        } catch {
          // Its entry stays in the garbage table.
        }
      }
    };
    await Promise.all(Array.from({ length: serverLimits.unlinksInFlight }, work));
    return gone;
  }
}

function removeSums(tables: WritableTables, id: BlobId): void {
  const range = { start: sumsKey(id, 0), end: sumsKey(id, 0xffff_ffff) };
  for (const { key } of Array.from(tables.sums.range(range))) tables.sums.remove(key);
}
