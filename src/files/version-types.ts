import type { CallOptions } from "../core/object-store.ts";
import type { Progress } from "../transfer/transfer-options.ts";
import type { ListingItem } from "./result-types.ts";
import type { CountProgress, FileFailure } from "./prefix-types.ts";

/** One version of a file, or the mark of its deletion. */
export interface FileVersion extends ListingItem {
  /** `null` of what was written while the bucket kept no versions. */
  readonly VersionId: string;
  readonly IsLatest: boolean;
  /** Has no bytes: Size 0 and an empty ETag. */
  readonly IsDeleteMarker: boolean;
}

/** Which state of a file to bring back. Default: what was there before it was deleted. */
export interface RestoreOptions extends CallOptions {
  /** This version. */
  readonly versionId?: string;
  /** The version of that time. */
  readonly asOf?: Date;
  /** Of the bytes that the store copies; not told where nothing has to be done. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What came of putting a version on top. */
export interface RestoreResult {
  readonly Key: string;
  /** False: the file is as that version already. */
  readonly restored: boolean;
  /** Of which version the bytes are. */
  readonly fromVersionId: string;
  /** Of the new version on top; absent where nothing had to be done. */
  readonly VersionId?: string;
}

/** Which state to bring back of everything below a directory. */
export interface RestorePrefixOptions extends CallOptions {
  /** The state of that time. Default: deleted files come back, others stay. */
  readonly asOf?: Date;
  /** Default `directory`: `a/b` means what is below `a/b/`. `raw`: every key that begins so. */
  readonly prefixMode?: "directory" | "raw";
  /** Counts, restores nothing. Default false. */
  readonly dryRun?: boolean;
  /** How many files have been looked at and, where it had to be, brought back. */
  readonly onProgress?: (progress: CountProgress) => void;
}

/** What became of each file: all of them are as wanted when `failed` and `newer` are 0. */
export interface RestorePrefixResult {
  /** In a dry run: would be. */
  readonly restored: number;
  /** As wanted already. */
  readonly unchanged: number;
  /** Left alone: no version of that time is kept, or it was deleted then. */
  readonly newer: number;
  /** Deleted, and no version is kept. */
  readonly gone: number;
  readonly failed: number;
  /** The first 1,000. */
  readonly errors: readonly FileFailure[];
}
