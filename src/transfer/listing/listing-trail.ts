import { s3Limits, transferLimits } from "../../core/limits.ts";
import type { ListPage } from "../../core/object-store.ts";
import { keyAhead } from "./key-ahead.ts";

/** The last pages of a listing, by which it is guessed where those to come will be. */
export class ListingTrail {
  /** The last key of a page, and how many keys it has. */
  readonly #pages: { readonly last: string; readonly keys: number }[] = [];

  /** Pages that follow each other. */
  add({ objects }: ListPage): void {
    const last = objects.at(-1)?.key;
    if (last === undefined) return;
    if (this.#pages.length === 0) this.#pages.push({ last: objects[0]?.key ?? last, keys: 0 });
    this.#pages.push({ last, keys: objects.length });
    if (this.#pages.length > transferLimits.listingTrailPages) this.#pages.shift();
  }

  /**
   * Where the next segment may begin behind a key. Undefined as long as too little is known, where the
   * keys give no clue, and outside of the prefix.
   */
  guess(from: string, prefix: string): string | undefined {
    const [first, ...rest] = this.#pages;
    if (first === undefined || rest.length < transferLimits.listingFlatPages) return undefined;
    const sample = {
      keys: [first.last, ...rest.map(({ last }) => last)],
      count: rest.reduce((sum, { keys }) => sum + keys, 0),
    };
    const ahead = transferLimits.listingSegmentPages * s3Limits.listPageKeys;
    const key = keyAhead(sample, from, ahead, prefix.length);
    return key?.isWellFormed() === true ? key : undefined;
  }
}
