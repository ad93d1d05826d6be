import { s3Limits, transferLimits } from "../../core/limits.ts";
import { rowsOf } from "../../core/list-page.ts";
import type { ListPage } from "../../core/object-store.ts";
import { keyAhead } from "./key-ahead.ts";

/** A segment that is a little longer than so many pages takes one more for a few keys; this much is left for that. */
const spareOfPage = 0.1;

/** The last pages of a listing, by which it is guessed where those to come will be. */
export class ListingTrail {
  /** The last key of a page, and how many keys it has. */
  readonly #pages: { readonly last: string; readonly keys: number }[] = [];

  /** Pages that follow each other. */
  add(page: ListPage): void {
    const rows = rowsOf(page);
    if (rows.length === 0) return;
    if (this.#pages.length === 0) this.#pages.push({ last: rows.key(0), keys: 0 });
    this.#pages.push({ last: rows.key(rows.length - 1), keys: rows.length });
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
    const ahead = (transferLimits.listingSegmentPages - spareOfPage) * s3Limits.listPageKeys;
    const key = keyAhead(sample, from, ahead, prefix.length);
    return key?.isWellFormed() === true ? key : undefined;
  }
}
