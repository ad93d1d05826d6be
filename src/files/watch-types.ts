import type { ListingItem } from "./result-types.ts";

/** How to watch a directory. */
export interface WatchOptions {
  /** Of an earlier batch of the same directory: what changed since comes first. Default: begin now. */
  readonly cursor?: string;
  /** Without a cursor: tell the files that are there already as `created`. Default false. */
  readonly existing?: boolean;
  /** Between the end of one look and the beginning of the next. Default 30,000. */
  readonly intervalMs?: number;
  /** Ends it with `Aborted`. */
  readonly signal?: AbortSignal;
}

/** Events that belong together, in the order of their keys. */
export interface FileEvents {
  /** Up to 1,000; none in the first batch when nothing changed. */
  readonly events: readonly FileEvent[];
  /** Where to go on behind these events; to be kept once they were dealt with. */
  cursor(): string;
}

/** A file that is there, or the key of one that is gone. */
export type FileEvent =
  | ({ readonly kind: "created" | "changed" } & ListingItem)
  | { readonly kind: "deleted"; readonly Key: string };
