import { serverLimits } from "../core/limits.ts";
import type { Disk } from "./disk.ts";
import { diskFullError } from "./disk-errors.ts";

/**
 * Refuses new bytes before the disk is quite full, so that deletes, which need room in the index,
 * still work. The figure is asked for at most a few times a second and counted down in between.
 */
export class SpaceGuard {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #giveWay: () => Promise<boolean>;
  #freeBytes = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param giveWay Frees room that is not needed; false when there is none. */
  constructor(disk: Disk, directory: string, giveWay: () => Promise<boolean>) {
    this.#disk = disk;
    this.#directory = directory;
    this.#giveWay = giveWay;
  }

  /** Throws S3Error 503 when `bytes` more would eat into the reserve. */
  async assertRoom(bytes: number): Promise<void> {
    const neededBytes = bytes + serverLimits.diskReserveBytes;
    const stale = performance.now() - this.#askedAt > serverLimits.freeSpaceMaxAgeMs;
    if (stale || this.#freeBytes < neededBytes) await this.#ask();
    while (this.#freeBytes < neededBytes && (await this.#giveWay())) await this.#ask();
    if (this.#freeBytes < neededBytes) {
      throw diskFullError({
        directory: this.#directory,
        neededBytes,
        freeBytes: this.#freeBytes,
      });
    }
    this.#freeBytes -= bytes;
  }

  async #ask(): Promise<void> {
    this.#freeBytes = await this.#disk.freeBytes(this.#directory);
    this.#askedAt = performance.now();
  }
}
