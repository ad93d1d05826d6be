import type { ArchiveOptions } from "../transfer/archive/archive-options.ts";
import type { UnpackedObjectOptions } from "../transfer/archive/unpacked-object-options.ts";
import type { UnpackOptions } from "../transfer/archive/extract-options.ts";
import type { ListingItem } from "./result-types.ts";

/** As `ArchiveOptions`. */
export interface StreamArchiveOptions extends ArchiveOptions {
  /** Only files that it answers true for, besides `include` and `exclude`. Default: all. */
  readonly filter?: (item: ListingItem) => boolean;
}

/** An archive: its bytes as they come, a file of the local disk, or one of the bucket. */
export type ArchiveInput =
  | AsyncIterable<Uint8Array>
  | { readonly file: string | URL }
  | { readonly path: string };

/** As `UnpackOptions`, and what the new files have in common. */
export interface ExtractArchiveOptions extends UnpackOptions, UnpackedObjectOptions {}
