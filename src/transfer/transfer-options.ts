import type { ByteRange } from "../core/byte-range.ts";
import type { ChecksumAlgorithm } from "../core/checksum.ts";
import type { CallOptions, ObjectHeaders, ObjectStore, ObjectTags } from "../core/object-store.ts";
import type { TransferNotice } from "./journal/transfer-notice.ts";

/** What `uploadBytes` takes; a string is sent as UTF-8, of a view all its bytes. */
export type UploadContents = ArrayBufferView | ArrayBuffer | string | Blob;

/**
 * `AES256`: SSE-S3. `bucket-default`: no header, the bucket decides. `kms`: SSE-KMS with a key, or
 * the account's own with an empty string.
 */
export type ServerSideEncryption = "AES256" | "bucket-default" | { readonly kms: string };

/**
 * How to replace an object on a store that refuses to overwrite. `direct`: not at all. `delete-first`:
 * delete, then write. `staged`: write beside, check, delete, copy into place; the default.
 */
export type ReplaceStrategy = "direct" | "delete-first" | "staged";

/**
 * Bytes of one transfer, told as they arrive. A download that begins again, because its object was
 * replaced meanwhile, counts from zero again.
 */
export interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** How to upload, and the headers that are stored with the object. */
export interface UploadOptions extends CallOptions, ObjectHeaders {
  readonly tags?: ObjectTags;
  /** Default: as the bucket was opened. */
  readonly sse?: ServerSideEncryption;
  /** Create only; AlreadyExists otherwise. */
  readonly ifAbsent?: boolean;
  /** Replace only this ETag; PreconditionFailed otherwise. */
  readonly ifMatch?: string;
  /** Default: as the bucket was opened, usually `staged`. */
  readonly replace?: ReplaceStrategy;
  /** Default `auto`: CRC32 where the store takes it. */
  readonly checksum?: "auto" | "none" | ChecksumAlgorithm;
  /** From 5 MiB to 5 GiB, default 8 MiB; grows for objects of more than 10,000 parts. */
  readonly partSizeBytes?: number;
  /** Parts sent at a time. Default 4. */
  readonly concurrency?: number;
  /** Told as bytes arrive. */
  readonly onProgress?: (progress: Progress) => void;
  /** Hears what became of an earlier run's work; only where transfers are resumed. */
  readonly onNotice?: (notice: TransferNotice) => void;
}

/** As `UploadOptions`. */
export interface UploadFileOptions extends UploadOptions {
  /**
   * Stores the file's time of change as the metadata `mtime`, in rclone's form, where the store is
   * known to take metadata. Default false.
   */
  readonly keepModifiedTime?: boolean;
}

/** As `UploadOptions`; the length of a stream is not known, so its progress has no total. */
export interface UploadStreamOptions extends Omit<UploadOptions, "onProgress" | "onNotice"> {
  /** Told as bytes arrive. */
  readonly onProgress?: (progress: Pick<Progress, "doneBytes">) => void;
  /** About how long the stream is, so that parts are large enough from the first on. Default: unknown. */
  readonly expectedBytes?: number;
}

/** Which version to read. */
export interface ReadOptions extends CallOptions {
  /** Default: the current version. */
  readonly versionId?: string;
}

/** How to read a whole object. */
export interface ContentsOptions extends ReadOptions {
  /** Told as bytes arrive. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Which bytes to read, and of which object. */
export interface RangeReadOptions extends ReadOptions {
  /** Default: the whole object. */
  readonly range?: ByteRange;
  /** PreconditionFailed when the object is another one. */
  readonly ifMatch?: string;
  /** Told as bytes arrive. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How to download to a file. */
export interface DownloadOptions extends ReadOptions {
  /**
   * Gives the file the object's time of change: the metadata `mtime`, as rclone and uploads of files
   * write it, else LastModified. Default false.
   */
  readonly keepModifiedTime?: boolean;
  /** Ranges fetched at a time, for objects from 16 MiB on. Default 4. */
  readonly concurrency?: number;
  /** Told as bytes arrive. */
  readonly onProgress?: (progress: Progress) => void;
  /** Hears what became of an earlier run's work; only where transfers are resumed. */
  readonly onNotice?: (notice: TransferNotice) => void;
}

/**
 * How to copy on the store's side. The copy has the source's headers, metadata, tags and storage
 * class; those given here take their place, of the metadata name by name.
 */
export interface CopyFileOptions extends CallOptions, ObjectHeaders {
  readonly tags?: ObjectTags;
  /** Where the source lies, when that is another bucket of the same endpoint. */
  readonly sourceStore?: ObjectStore;
  /** Default: as the bucket was opened; of a copy onto itself that of the source. */
  readonly sse?: ServerSideEncryption;
  /** Create only; AlreadyExists otherwise. */
  readonly ifAbsent?: boolean;
  /** Of the source. Default: the current one. */
  readonly versionId?: string;
  /** Default: as the bucket was opened, usually `staged`. */
  readonly replace?: ReplaceStrategy;
  /** Of an object above 5 GiB part by part, else once it is done. */
  readonly onProgress?: (progress: Progress) => void;
}
