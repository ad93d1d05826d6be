import type { CallOptions, ObjectHeaders, ObjectTags } from "../core/object-store.ts";
import type {
  Progress,
  ReplaceStrategy,
  ServerSideEncryption,
} from "../transfer/transfer-options.ts";

/** What lies below a prefix, as it was counted. */
export interface PrefixContents {
  readonly bucket: string;
  /** Empty: the whole bucket. */
  readonly prefix: string;
  /** With `versions` every version and delete marker. */
  readonly objects: number;
  readonly bytes: number;
}

/** Files of a call that is about many, as far as it has come. */
export interface CountProgress {
  readonly done: number;
  /** Known once all of them are found. */
  readonly total?: number;
}

/** How to delete everything below a directory. */
export interface DeletePrefixOptions extends CallOptions {
  /** Default `directory`: `a/b` deletes below `a/b/`. `raw`: every key that begins so. */
  readonly prefixMode?: "directory" | "raw";
  /** Counts, deletes nothing. Default false. */
  readonly dryRun?: boolean;
  /** InvalidArgument when there are more, before anything is deleted. Default: any number. */
  readonly maxObjects?: number;
  /**
   * Asked once, when all is counted and before anything is deleted; false is Aborted, and nothing but
   * true lets it go on. A whole bucket is
   * deleted only where this is given.
   */
  readonly confirm?: (found: PrefixContents) => boolean | Promise<boolean>;
  /** Every version and delete marker, for good. Default false: what versioning keeps stays. */
  readonly versions?: boolean;
  /** Told as files are done. */
  readonly onProgress?: (progress: CountProgress) => void;
}

/** Why one file was left as it was. */
export interface FileFailure {
  readonly Key: string;
  readonly VersionId?: string;
  /** S3's code. */
  readonly code: string;
  readonly message: string;
}

/** What was found and what became of it: all is deleted when `failed` is 0. */
export interface DeletePrefixResult extends PrefixContents {
  /** 0 in a dry run. */
  readonly deleted: number;
  readonly failed: number;
  /** The first 1,000. */
  readonly errors: readonly FileFailure[];
}

/** What a moved file has other than its source, and how it is written. */
export interface MoveFileOptions extends CallOptions, ObjectHeaders {
  readonly tags?: ObjectTags;
  /** Default: as the bucket was opened. */
  readonly sse?: ServerSideEncryption;
  /** Create only; AlreadyExists otherwise. */
  readonly ifAbsent?: boolean;
  /** Default: as the bucket was opened, usually `staged`. */
  readonly replace?: ReplaceStrategy;
  /** Of an object above 5 GiB part by part, else once it is copied. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How to delete many files. */
export interface DeleteManyOptions extends CallOptions {
  /** Told after each request, of up to 1,000 files. */
  readonly onProgress?: (progress: CountProgress) => void;
}
