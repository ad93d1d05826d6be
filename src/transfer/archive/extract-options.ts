import type { CallOptions } from "../../core/object-store.ts";
import type { ArchiveFormat } from "./archive-options.ts";

/** What of an archive to unpack, and how much of it at most. */
export interface UnpackOptions extends CallOptions {
  /** Default: by what the archive begins with. */
  readonly format?: ArchiveFormat;
  /** Only members whose path fits one of these patterns; see `ArchiveOptions`. Default: all. */
  readonly include?: readonly string[];
  /** Leaves out what fits one of these patterns, whether included or not. */
  readonly exclude?: readonly string[];
  /**
   * What becomes of members that cannot be unpacked: links, devices, names such as `../x` or that come
   * twice. `error`: nothing more is unpacked. `report`: they are left out, `leftOut` of the result names
   * them. Default `error`.
   */
  readonly onUnsafe?: "error" | "report";
  /** Members; and folders, those included that members only lie below. Default 100,000 of each. */
  readonly maxEntries?: number;
  /** Of all members together. Default 1 TiB. */
  readonly maxBytes?: number;
  /** How many times its own bytes the archive may unpack to, what is skipped included, from 64 MiB on. Default 200. */
  readonly maxRatio?: number;
  /** Members written at a time, 1 to 1,000. Default 16. */
  readonly concurrency?: number;
  /** Told as members are unpacked. */
  readonly onProgress?: (progress: UnpackProgress) => void;
}

/** What was unpacked until now. */
export interface UnpackProgress {
  readonly files: number;
  readonly doneBytes: number;
}

/** What was unpacked. */
export interface UnpackResult extends UnpackProgress {
  /** Those that came first: 10,000, with up to 4 MiB of names and reasons. */
  readonly leftOut: readonly LeftOutEntry[];
  /** How many more were left out. Absent: none. */
  readonly leftOutMore?: number;
}

/** A member that was not unpacked. */
export interface LeftOutEntry {
  /** As the archive has it. */
  readonly path: string;
  readonly reason: string;
}
