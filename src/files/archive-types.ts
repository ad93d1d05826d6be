import type { ArchiveOptions } from "../transfer/archive/archive-options.ts";
import type { ListingItem } from "./file-service.ts";

/** As `ArchiveOptions`. */
export interface StreamArchiveOptions extends ArchiveOptions {
  /** Only files that it answers true for, besides `include` and `exclude`. Default: all. */
  readonly filter?: (item: ListingItem) => boolean;
}
