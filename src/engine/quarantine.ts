import { join } from "node:path";
import { serverLimits } from "../core/limits.ts";
import type { BlobFiles, BlobId } from "./blob-files.ts";
import { errorCodeOf } from "./disk-errors.ts";
import type { Disk } from "./disk.ts";

const dayMs = 86_400_000;
/** `2026-11-26-` and the name that the file had. */
const entryName = /^(\d{4}-\d{2}-\d{2})-[0-9a-f]{32}$/;

/**
 * Where files go to which no object refers: it is nearly certain that they are bytes of uploads that a
 * crash cut off, but if the index was wrong they are somebody's data. They leave after
 * `serverLimits.quarantineDays`, or earlier, the oldest day first, when the disk gets full.
 */
export class Quarantine {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #now: () => Date;

  constructor(disk: Disk, directory: string, now: () => Date) {
    this.#disk = disk;
    this.#directory = directory;
    this.#now = now;
  }

  /** Moves files here, under today's date. */
  async take(files: BlobFiles, ids: readonly BlobId[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#disk.makeDirectory(this.#directory);
    const today = this.#now().toISOString().slice(0, 10);
    for (const id of ids) await files.moveAway(id, join(this.#directory, `${today}-${id}`));
    await this.#disk.syncDirectory(this.#directory);
  }

  /** Removes what has been here for long enough. */
  async expire(): Promise<void> {
    const end = new Date(this.#now().getTime() - serverLimits.quarantineDays * dayMs);
    const day = end.toISOString().slice(0, 10);
    for (const name of await this.#names()) {
      if (dayOf(name) < day) await this.#disk.unlink(join(this.#directory, name));
    }
  }

  /** Gives room back: removes the files of the oldest day. False when there are none. */
  async giveWay(): Promise<boolean> {
    const names = await this.#names();
    const [oldest] = names.map(dayOf).sort();
    if (oldest === undefined) return false;
    for (const name of names.filter((one) => dayOf(one) === oldest)) {
      await this.#disk.unlink(join(this.#directory, name));
    }
    return true;
  }

  async #names(): Promise<string[]> {
    try {
      const names = await this.#disk.list(this.#directory);
      return names.filter((name) => entryName.test(name));
    } catch (error) {
      if (errorCodeOf(error) === "ENOENT") return [];
      throw error;
    }
  }
}

function dayOf(name: string): string {
  return entryName.exec(name)?.[1] ?? "";
}
