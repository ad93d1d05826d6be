import type { StorageError } from "../core/errors.ts";
import type { CallOptions, ObjectHeaders, ObjectTags } from "../core/object-store.ts";
import type { ServerSideEncryption } from "../transfer/transfer-options.ts";

/** Files and bytes of a directory, told as they come. */
export interface DirectoryProgress {
  /** Those that were there already included. */
  readonly doneFiles: number;
  readonly doneBytes: number;
  /** Known once all files are found. */
  readonly totalFiles?: number;
}

/** What of a directory is meant, and what becomes of failures. */
export interface DirectoryOptions extends CallOptions {
  /**
   * Only what fits one of these patterns over the path below the directory: `*` is any run of
   * characters, `/` as well, `?` one, `[a-z]` one of a set. Default: all.
   */
  readonly include?: readonly string[];
  /** Leaves out what fits one of these patterns, whether included or not. */
  readonly exclude?: readonly string[];
  /** Finds what there is to do, does nothing. Default false. */
  readonly dryRun?: boolean;
  /**
   * Whether a file that failed, or cannot have a place at the target, is thrown once all others are
   * done, or told in the result alone. Default `throw`.
   */
  readonly onFailure?: "throw" | "report";
  /** A source of nothing is no mistake. Default false: NotFound. */
  readonly allowEmpty?: boolean;
  /** Told as files are done. */
  readonly onProgress?: (progress: DirectoryProgress) => void;
}

/** Headers of everything that is uploaded; the media type is told by the names unless it is given. */
export interface UploadDirectoryOptions extends DirectoryOptions, ObjectHeaders {
  readonly tags?: ObjectTags;
  /** Default: as the bucket was opened. */
  readonly sse?: ServerSideEncryption;
  /** False: what is there already is a failure, AlreadyExists. Default true. */
  readonly overwrite?: boolean;
  /** Links to files are followed, those to directories not; `all`: both; `none`: as if not there. */
  readonly links?: "files" | "all" | "none";
}

/** How to download a directory. */
export interface DownloadDirectoryOptions extends DirectoryOptions {
  /** False: what is there already is a failure, AlreadyExists. Default true. */
  readonly overwrite?: boolean;
}

/** How to make one directory like the other. */
export interface SyncDirectoryOptions extends DirectoryOptions, ObjectHeaders {
  readonly tags?: ObjectTags;
  readonly sse?: ServerSideEncryption;
  readonly links?: "files" | "all" | "none";
  /**
   * Deletes what only the target has, at the end, when all else has succeeded; what is left out by the
   * patterns stays. Default false.
   */
  readonly delete?: boolean;
  /** More are not deleted, none of them. Default: 1,000 or a tenth of the target, whichever is more. */
  readonly maxDelete?: number;
  /**
   * A folder for what each run saw to be the same, so that the next one reads only files that were changed
   * since; one folder serves any number of directories, both ways. Default: none, every file is read.
   */
  readonly memoryFolder?: string;
  /** `content`: by size and ETag, reading files for it. `size`: sizes alone. Default `content`. */
  readonly compare?: "content" | "size";
}

/** A file that is not at the target as it should be. */
export interface DirectoryProblem {
  /** `skipped`: it can have no place there, such as the key `a/../b` on a disk. */
  readonly kind: "skipped" | "failed" | "not-deleted";
  /** A local path or `s3://bucket/key`. */
  readonly place: string;
  readonly reason: string;
  readonly error?: StorageError;
}

/** What became of a directory. */
export interface DirectoryResult {
  /** Whether everything that was meant is done, or in a dry run would be tried. */
  readonly complete: boolean;
  readonly copied: number;
  /** Of what was copied. */
  readonly bytes: number;
  /** There already. */
  readonly unchanged: number;
  readonly deleted: number;
  /** Only at the target, and not deleted because of `maxDelete` or of failures. */
  readonly notDeleted: number;
  readonly skipped: number;
  readonly failed: number;
  /** The first 1,000. */
  readonly problems: readonly DirectoryProblem[];
}
