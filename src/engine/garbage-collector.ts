import { serverLimits } from "../core/limits.ts";
import type { BlobFiles, BlobId } from "./blob-files.ts";
import type { BlobPins } from "./blob-pins.ts";
import type { GroupCommit } from "./group-commit.ts";
import { blobKey } from "./index-keys.ts";
import type { Table } from "./index-store.ts";

/** Files taken off the list in one transaction. */
const FILES_PER_ROUND = 256;

/**
 * Unlinks files whose entry in the garbage table is committed, then takes them off that table. A
 * crash in between only means that the next open does it again.
 */
export class GarbageCollector {
  readonly #files: BlobFiles;
  readonly #pins: BlobPins;
  readonly #commit: GroupCommit;
  readonly #garbage: Table;
  readonly #waiting = new Set<BlobId>();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(files: BlobFiles, pins: BlobPins, commit: GroupCommit, garbage: Table) {
    this.#files = files;
    this.#pins = pins;
    this.#commit = commit;
    this.#garbage = garbage;
  }

  add(ids: Iterable<BlobId>): void {
    for (const id of ids) this.#waiting.add(id);
    if (this.#waiting.size > 0 && !this.#stopped) this.#running ??= this.#work();
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
      // Kept in the garbage table; the next open tries again.
    } finally {
      this.#running = undefined;
    }
  }

  async #round(): Promise<void> {
    const round = [...this.#waiting].slice(0, FILES_PER_ROUND);
    const dead: BlobId[] = [];
    for (const id of round) {
      this.#waiting.delete(id);
      // A copy that was under way may have taken the file back into use.
      if (this.#garbage.get(blobKey(id)) === undefined) continue;
      if (this.#pins.beginRemoval(id, () => this.add([id]))) dead.push(id);
    }
    try {
      await this.#unlinkAll(dead);
      if (dead.length > 0) {
        await this.#commit.write(({ tables }) => {
          for (const id of dead) tables.garbage.remove(blobKey(id));
        });
      }
    } finally {
      for (const id of dead) this.#pins.endRemoval(id);
    }
  }

  async #unlinkAll(ids: readonly BlobId[]): Promise<void> {
    const queue = [...ids];
    const work = async (): Promise<void> => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) await this.#files.remove(id);
    };
    await Promise.all(Array.from({ length: serverLimits.unlinksInFlight }, work));
  }
}
