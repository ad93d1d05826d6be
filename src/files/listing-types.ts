import type { ListingItem, ListingOptions } from "./result-types.ts";

/** How to list in pages, or one level at a time. */
export interface PagedListingOptions extends Omit<ListingOptions, "onProgress"> {
  /** Where the page begins that a `cursor` of an earlier one names; all other options as then. */
  readonly cursor?: string;
  /** The most that a page has, 1 to 1,000. It may have fewer, also none, and have others behind it. */
  readonly pageSize?: number;
  /** What lies behind it is told as a directory, once. Default: none, everything is listed. */
  readonly delimiter?: string;
  /**
   * Only keys behind this one, in the order of their UTF-8 bytes. NotSupported on stores that keep no
   * such order (Qumulo).
   */
  readonly startAfter?: string;
  /** Every version and delete marker, those of a key from the newest on. Default false. */
  readonly versions?: boolean;
}

/** Some files of a listing. */
export interface ListingPage {
  readonly files: readonly ListingItem[];
  /** Whole prefixes, each with the delimiter at its end. */
  readonly directories: readonly string[];
  /** For the page behind this one; absent: there is none. */
  readonly cursor?: string;
}

/** Files one by one, with flat memory, or in pages. Read anew each time. */
export interface FileListing extends AsyncIterable<ListingItem> {
  /** In the store's own pages, each with a cursor by which another process can go on. */
  pages(): AsyncIterable<ListingPage>;
}
