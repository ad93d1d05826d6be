import { archiveLimits } from "../../core/archive-limits.ts";

const chunkBytes = 64 * 1024;

/**
 * Copies small pieces into chunks for a reader, which costs less than to hand over each. Their memory may be used
 * again then; long ones are handed on as they are. The first chunk has the first pieces alone, and comes at once.
 */
export class JoinedChunks {
  #chunk: Buffer | undefined;
  #filled = 0;
  #isFirst = true;

  /** Answers the chunks that are full by that. */
  add(...pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    const full: Uint8Array[] = [];
    for (const piece of pieces) {
      if (piece.length > archiveLimits.reusedBytes) full.push(...this.rest(), piece);
      else this.#copy(piece, full);
    }
    if (this.#isFirst) full.push(...this.rest());
    return full;
  }

  #copy(piece: Uint8Array, full: Uint8Array[]): void {
    for (let at = 0; at < piece.length;) {
      this.#chunk ??= Buffer.allocUnsafeSlow(chunkBytes);
      const fits = at === 0 && piece.length <= this.#room;
      const part = fits ? piece : piece.subarray(at, at + this.#room);
      this.#chunk.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#room === 0) full.push(...this.rest());
    }
  }

  /** What waits for more. */
  rest(): readonly Uint8Array[] {
    if (this.#chunk === undefined) return [];
    const chunk = this.#chunk.subarray(0, this.#filled);
    this.#chunk = undefined;
    this.#filled = 0;
    this.#isFirst = false;
    return [chunk];
  }

  get #room(): number {
    return chunkBytes - this.#filled;
  }
}
