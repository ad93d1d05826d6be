import type { ObjectRecord } from "./engine.ts";

export interface ListBucketsOptions {
  readonly prefix?: string;
  readonly after?: string;
  readonly limit?: number;
}

export interface ListQuery {
  readonly bucket: string;
  readonly prefix?: string;
  readonly delimiter?: string;
  /** Keys strictly after this one; when it falls inside a common prefix, that prefix is passed over. */
  readonly after?: string;
  readonly limit: number;
}

export interface ListVersionsQuery extends Omit<ListQuery, "after"> {
  readonly keyMarker?: string;
  /** With keyMarker: versions of that key after this one. */
  readonly versionIdMarker?: string;
}

export interface ListUploadsQuery extends Omit<ListQuery, "after"> {
  readonly keyMarker?: string;
  readonly uploadIdMarker?: string;
}

/** What a listing tells beside its entries. These and common prefixes both count against the limit. */
export interface ListEnd {
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** The last entry's key or the last common prefix, whichever came last; pass it back as `after`. */
  readonly last?: string;
}

/** Entries and common prefixes in one order. */
export interface ListAnswer<T> extends ListEnd {
  readonly entries: readonly T[];
}

export interface ListedVersionRecord extends ObjectRecord {
  readonly isLatest: boolean;
}
