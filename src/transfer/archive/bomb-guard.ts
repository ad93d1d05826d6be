import { archiveLimits } from "../../core/archive-limits.ts";
import { ArchiveFault } from "./archive-fault.ts";

/** Bounds what an archive unpacks to, members that are skipped as well, by its own bytes. */
export class BombGuard {
  readonly #maxRatio: number;
  readonly #packedBytes: () => number;
  #unpackedBytes = 0;

  /** `packedBytes`: of the archive, read until now; of all of it where its size is known. */
  constructor(packedBytes: () => number, maxRatio: number = archiveLimits.ratio) {
    this.#maxRatio = maxRatio;
    this.#packedBytes = packedBytes;
  }

  /** Counts bytes that were unpacked. Throws InvalidArgument once there are too many. */
  count({ length }: Uint8Array): void {
    this.#unpackedBytes += length;
    const most = Math.max(archiveLimits.ratioFromBytes, this.#maxRatio * this.#packedBytes());
    if (this.#unpackedBytes > most) {
      throw tooMuch(`unpacks to more than ${this.#maxRatio} times its size`, "maxRatio");
    }
  }
}

/** Of an archive that goes beyond a bound, which an option can raise. */
export function tooMuch(what: string, option: string): ArchiveFault {
  return new ArchiveFault("InvalidArgument", (archive) => `extractArchive: ${archive} ${what}.`, {
    remedy: `If it may, raise ${option}.`,
  });
}
