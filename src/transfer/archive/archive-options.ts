import type { CallOptions, ListedObject } from "../../core/object-store.ts";

/** How an archive is packed. */
export type ArchiveFormat = "tar" | "tar.gz" | "zip";

/** How to write the objects below a prefix as one archive. */
export interface ArchiveOptions extends CallOptions {
  /** Default `tar.gz`. */
  readonly format?: ArchiveFormat;
  /**
   * Only what fits one of these patterns over the path below the prefix: `*` is any run of characters,
   * `/` as well, `?` one, `[a-z]` one of a set. Default: all.
   */
  readonly include?: readonly string[];
  /** Leaves out what fits one of these patterns, whether included or not. */
  readonly exclude?: readonly string[];
  /** A folder of the archive that takes everything, such as `exp-1`. Default: none. */
  readonly root?: string;
  /**
   * What becomes of objects that vanish or change after they were listed, and of keys that no archive
   * can hold safely, such as `../x`. `error`: the archive breaks off. `report`: it goes on without
   * them, `report.leftOut` and its manifest name them. Default `error`.
   */
  readonly onMissing?: "error" | "report";
  /**
   * A last member with a line of JSON for each object: path, key, size, ETag, time, checksum, or why it
   * was left out. Its name, or true for `MANIFEST.jsonl`. Default: with `onMissing: "report"` only.
   */
  readonly manifest?: boolean | string;
  /** An archive of nothing instead of NotFound. Default false. */
  readonly allowEmpty?: boolean;
  /** Of the compression, 0 to 9; `tar` has none. Default 6. */
  readonly level?: number;
  /** Requests at a time, 1 to 1,000. Default 16. */
  readonly concurrency?: number;
  /** Told as members and bytes go into it. */
  readonly onProgress?: (progress: ArchiveProgress) => void;
}

/** As `ArchiveOptions`, for buckets as such. */
export interface ArchiveWishes extends ArchiveOptions {
  readonly accepts?: (object: ListedObject) => boolean;
}

/** What went into an archive until now. */
export interface ArchiveProgress {
  readonly members: number;
  /** Of the objects, not of the archive. */
  readonly doneBytes: number;
}

/** What an archive holds; all of it once its last byte was taken. */
export interface ArchiveReport extends ArchiveProgress {
  readonly leftOut: readonly LeftOutMember[];
}

/** An object that an archive does not hold. */
export interface LeftOutMember {
  readonly Key: string;
  readonly reason: string;
}
