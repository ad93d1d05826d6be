import { mib } from "../core/limits.ts";

interface Claim {
  readonly sizeBytes: number;
  begin(): void;
}

/**
 * Memory for the parts that all uploads to one bucket have in flight: however many files go at a time,
 * their parts wait for one another when it is used up. First come, first served. Buffers are used
 * again and again: fresh memory for each part costs page faults.
 */
export class PartMemory {
  readonly #totalBytes: number;
  readonly #waiting: Claim[] = [];
  readonly #free = new Map<number, Buffer[]>();
  #freeBytes = 0;
  #takenBytes = 0;

  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
  }

  /**
   * A buffer of that length, with arbitrary contents, to be given back. A part that is larger than the
   * memory waits until it is alone.
   */
  async take(lengthBytes: number): Promise<Buffer> {
    const sizeBytes = sizeFor(lengthBytes);
    if (this.#waiting.length > 0 || !this.#fits(sizeBytes)) {
      await new Promise<void>((begin) => this.#waiting.push({ sizeBytes, begin }));
    } else this.#takenBytes += sizeBytes;
    return this.#bufferOf(sizeBytes).subarray(0, lengthBytes);
  }

  give(buffer: Buffer): void {
    const sizeBytes = buffer.buffer.byteLength;
    const free = this.#free.get(sizeBytes) ?? [];
    this.#free.set(sizeBytes, free);
    free.push(Buffer.from(buffer.buffer));
    this.#freeBytes += sizeBytes;
    this.#takenBytes -= sizeBytes;
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (!this.#fits(next.sizeBytes)) return;
      this.#waiting.shift();
      this.#takenBytes += next.sizeBytes;
      next.begin();
    }
  }

  #fits(sizeBytes: number): boolean {
    return this.#takenBytes === 0 || this.#takenBytes + sizeBytes <= this.#totalBytes;
  }

  #bufferOf(sizeBytes: number): Buffer {
    const free = this.#free.get(sizeBytes)?.pop();
    if (free !== undefined) {
      this.#freeBytes -= sizeBytes;
      return free;
    }
    if (this.#takenBytes + this.#freeBytes > this.#totalBytes) {
      this.#free.clear();
      this.#freeBytes = 0;
    }
    return Buffer.allocUnsafeSlow(sizeBytes);
  }
}

/** Powers of two, so that parts of many sizes can use each other's buffers; pages untouched cost nothing. */
function sizeFor(lengthBytes: number): number {
  let sizeBytes = mib;
  while (sizeBytes < lengthBytes) sizeBytes *= 2;
  return sizeBytes;
}
