const slabBytes = 64 * 1024;

/**
 * Many small records, kept until the end: copied one behind the other. Each kept by itself would hold the piece of
 * Node's pool that it lies in, with all that came and went beside it.
 */
export class KeptBytes {
  readonly #full: Buffer[] = [];
  #last = Buffer.allocUnsafeSlow(slabBytes);
  #filled = 0;
  #sizeBytes = 0;
  #count = 0;

  /** Of all records. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** How many records there are. */
  get count(): number {
    return this.#count;
  }

  add(record: Uint8Array): void {
    for (let at = 0; at < record.length;) {
      if (this.#filled === slabBytes) {
        this.#full.push(this.#last);
        this.#last = Buffer.allocUnsafeSlow(slabBytes);
        this.#filled = 0;
      }
      const fits = at === 0 && record.length <= slabBytes - this.#filled;
      const piece = fits ? record : record.subarray(at, at + slabBytes - this.#filled);
      this.#last.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
    }
    this.#sizeBytes += record.length;
    this.#count += 1;
  }

  /** All of them, in pieces that end anywhere. */
  pieces(): readonly Buffer[] {
    return [...this.#full, this.#last.subarray(0, this.#filled)];
  }
}
