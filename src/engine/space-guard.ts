import { serverLimits } from "../core/limits.ts";
import type { Disk } from "./disk.ts";
import { diskFullError } from "./disk-errors.ts";

/** Room that one upload has for itself. */
export interface Reservation {
  /** So many bytes are about to be written. Throws S3Error 503 when they do not fit any more. */
  take(bytes: number): Promise<void>;
  /** Gives back what was not written. */
  release(): void;
}

/**
 * Refuses new bytes before the disk is quite full, so that deletes, which need room in the index,
 * still work. Uploads reserve their room, so that those that fit are not spoiled by those that do
 * not. The figure is asked for at most a few times a second and counted down in between.
 */
export class SpaceGuard {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #giveWay: () => Promise<boolean>;
  #freeBytes = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** For all that find the figure too old while it is asked for. */
  #asking: Promise<void> | undefined;
  /** Promised to uploads and not written yet. */
  #reservedBytes = 0;

  /** @param giveWay Frees room that is not needed; false when there is none. */
  constructor(disk: Disk, directory: string, giveWay: () => Promise<boolean>) {
    this.#disk = disk;
    this.#directory = directory;
    this.#giveWay = giveWay;
  }

  /** Throws S3Error 503 when less than the reserve is free. */
  async assertRoom(): Promise<void> {
    await this.#claim(0);
  }

  /** @param bytes As far as they are known; what exceeds them is looked for as it comes. */
  async reserve(bytes: number): Promise<Reservation> {
    await this.#claim(bytes);
    let left = bytes;
    return {
      take: async (count) => {
        if (count > left) {
          const more = count - left;
          await this.#claim(more);
          left += more;
        }
        left -= count;
        this.#reservedBytes -= count;
        this.#freeBytes -= count;
      },
      release: () => {
        this.#reservedBytes -= left;
        left = 0;
      },
    };
  }

  async #claim(bytes: number): Promise<void> {
    const neededBytes = bytes + serverLimits.diskReserveBytes;
    const stale = performance.now() - this.#askedAt > serverLimits.freeSpaceMaxAgeMs;
    if (stale) await this.#askTogether();
    if (this.#availableBytes < neededBytes) await this.#ask();
    while (this.#availableBytes < neededBytes && (await this.#giveWay())) await this.#ask();
    const freeBytes = this.#availableBytes;
    if (freeBytes < neededBytes) {
      throw diskFullError({ directory: this.#directory, neededBytes, freeBytes });
    }
    // In the turn of the look, or two would get the same room.
    this.#reservedBytes += bytes;
  }

  get #availableBytes(): number {
    return this.#freeBytes - this.#reservedBytes;
  }

  async #askTogether(): Promise<void> {
    this.#asking ??= this.#ask();
    try {
      await this.#asking;
    } finally {
      this.#asking = undefined;
    }
  }

  async #ask(): Promise<void> {
    this.#freeBytes = await this.#disk.freeBytes(this.#directory);
    this.#askedAt = performance.now();
  }
}
