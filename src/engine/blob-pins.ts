import type { BlobId } from "./blob-files.ts";

/**
 * Who reads which file. A file whose object is deleted stays until its last reader has finished; a
 * file whose removal has begun takes no new readers.
 */
export class BlobPins {
  readonly #counts = new Map<BlobId, number>();
  readonly #removing = new Set<BlobId>();
  readonly #awaited = new Map<BlobId, () => void>();

  /** All or none; false when one of them is being removed. */
  hold(ids: readonly BlobId[]): boolean {
    if (ids.some((id) => this.#removing.has(id))) return false;
    for (const id of ids) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    return true;
  }

  release(ids: readonly BlobId[]): void {
    for (const id of ids) {
      const count = (this.#counts.get(id) ?? 0) - 1;
      if (count > 0) {
        this.#counts.set(id, count);
        continue;
      }
      this.#counts.delete(id);
      const wake = this.#awaited.get(id);
      this.#awaited.delete(id);
      wake?.();
    }
  }

  /** True: nobody reads it and nobody will. Else `whenFree` is called after the last reader. */
  beginRemoval(id: BlobId, whenFree: () => void): boolean {
    if (this.#counts.has(id)) {
      this.#awaited.set(id, whenFree);
      return false;
    }
    this.#removing.add(id);
    return true;
  }

  endRemoval(id: BlobId): void {
    this.#removing.delete(id);
  }
}
