import { FoldKernel } from "./fold-kernel.ts";
import type { RunningChecksum } from "./checksum.ts";

/** A CRC, and how to fold it. */
export interface FoldableCrc {
  /**
   * Distances in bytes, d, with `sum of x^(-8d) = 1` modulo the polynomial: a byte of a message can be
   * taken out of it when it is added to the bytes that far behind it. Such sets of few distances are
   * found by search (pairs or fours of powers that sum up to the same, as in a birthday attack); that
   * it holds is tested. Long distances let vectors be folded without waiting for one another.
   */
  readonly distances: readonly number[];
  /** Bytes at a time from which folding costs less than tables. */
  readonly foldFromBytes: number;
  /** The same CRC by tables, going on from a digest; without one from the beginning. */
  resume(digest?: Uint8Array): RunningChecksum;
}

const kernels = new WeakMap<FoldableCrc, { readonly kernel: FoldKernel | undefined }>();

/**
 * A CRC that is computed by adding every byte to some that come much later, up to the last few
 * thousand bytes, which then go through tables. One addition for each distance and 16 bytes: several
 * times as fast as tables, and as the multiplications of processors where a CRC has those in Node.
 * Idea: S. Russell, "Chorba: A novel CRC32 implementation", 2024
 * (arXiv 2412.16398).
 */
export class FoldedCrc implements RunningChecksum {
  readonly #crc: FoldableCrc;
  readonly #begun: RunningChecksum;
  /** Set once something has been folded. */
  #folding: { readonly kernel: FoldKernel; carry: Uint8Array } | undefined;

  constructor(crc: FoldableCrc) {
    this.#crc = crc;
    this.#begun = crc.resume();
  }

  update(bytes: Uint8Array): void {
    if (this.#folding !== undefined) {
      this.#folding.carry = this.#folding.kernel.fold(this.#folding.carry, bytes);
      return;
    }
    const kernel = bytes.length < this.#crc.foldFromBytes ? undefined : kernelOf(this.#crc);
    if (kernel === undefined) {
      this.#begun.update(bytes);
      return;
    }
    // A CRC goes on by adding its register, low byte first, to the bytes that follow.
    const register = this.#begun
      .digest()
      .map((byte) => ~byte)
      .toReversed();
    this.#folding = {
      kernel,
      carry: kernel.fold(new Uint8Array(kernel.windowBytes), bytes, register),
    };
  }

  /** Big-endian. The sum can go on afterwards. */
  digest(): Buffer {
    if (this.#folding === undefined) return this.#begun.digest();
    const { kernel, carry } = this.#folding;
    // From a register of zeros.
    const crc = this.#crc.resume(this.#begun.digest().fill(0xff));
    crc.update(kernel.unfold(carry.subarray(0, kernel.windowBytes)));
    crc.update(carry.subarray(kernel.windowBytes));
    return crc.digest();
  }
}

function kernelOf(crc: FoldableCrc): FoldKernel | undefined {
  const made = kernels.get(crc) ?? { kernel: FoldKernel.create(crc.distances) };
  kernels.set(crc, made);
  return made.kernel;
}
