import type { ByteRange } from "../core/byte-range.ts";
import type { Capabilities } from "../core/capabilities.ts";
import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "../core/checksum.ts";
import type { CallOptions, ObjectHeaders, ObjectStore } from "../core/object-store.ts";

/**
 * Files in one bucket. Paths are exact S3 keys: nothing is normalised, a leading `/` stays part of
 * the key. `s3://bucket/key` is taken too when the bucket is this one. All methods throw StorageError.
 */
export interface FileService extends AsyncDisposable {
  readonly bucket: string;
  readonly capabilities: Capabilities;

  uploadBytes(
    contents: UploadContents,
    path: string,
    options?: UploadOptions,
  ): Promise<UploadResult>;
  /** A regular file; from 16 MiB on in parts. */
  uploadFile(filePath: string | URL, path: string, options?: UploadOptions): Promise<UploadResult>;
  /**
   * Bytes of unknown length as they come, in parts that grow: up to 8 TiB, with memory of about a
   * thousandth of that. A stream that fails leaves nothing behind.
   */
  uploadStream(
    contents: AsyncIterable<Uint8Array>,
    path: string,
    options?: UploadStreamOptions,
  ): Promise<UploadResult>;
  /**
   * To `filePath`, or to a temporary file that `close()` removes. Answers the key and the local path.
   * The file appears under its name whole and verified, or not at all.
   */
  downloadFile(
    path: string,
    filePath?: string | URL,
    options?: DownloadOptions,
  ): Promise<[string, string]>;
  /** Null only when the object is proven to be missing; a refused read throws. */
  getFileContents(path: string, options?: ReadOptions): Promise<Uint8Array | null>;
  /**
   * All objects below a directory: `results` means `results/`, empty and `/` the whole bucket. With
   * `prefixMode: "raw"` any prefix as it stands. Never cut short.
   */
  getListing(path: string, options?: ListingOptions): Promise<ListingItem[]>;
  /** Throws NotFound. */
  getModifiedDate(path: string, options?: CallOptions): Promise<Date>;
  /** Deleting a missing file is a success, unless `mustExist`. */
  deleteFile(path: string, options?: DeleteFileOptions): Promise<void>;
  /** Ends what is running, removes temporary downloads; later calls throw Closed. */
  close(): Promise<void>;

  /** False only when the object is proven to be missing; a refused look throws. */
  exists(path: string, options?: CallOptions): Promise<boolean>;
  stat(path: string, options?: ReadOptions): Promise<FileStat>;
  /** Part of an object or all of it; a body that breaks is taken up where it broke. */
  read(path: string, options?: RangeReadOptions): Promise<FileReading>;
  /** As getListing, one by one, with flat memory. */
  list(path: string, options?: ListingOptions): AsyncIterable<ListingItem>;
  /** One level: the files directly below a directory, and its sub-directories with their `/`. */
  listDirectory(path: string, options?: ListingOptions): Promise<DirectoryListing>;
  /** Server-side, any size. */
  copy(from: string, to: string, options?: CopyFileOptions): Promise<UploadResult>;
  /** Any number; failures come back per file, in the order given. */
  deleteMany(paths: readonly string[], options?: CallOptions): Promise<DeleteManyResult>;
}

export type UploadContents = Uint8Array | ArrayBuffer | string | Blob;

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

export interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface UploadOptions extends CallOptions, ObjectHeaders {
  /** Default: the service's. */
  readonly sse?: ServerSideEncryption;
  /** Create only; AlreadyExists otherwise. */
  readonly ifAbsent?: boolean;
  /** Replace only this ETag; PreconditionFailed otherwise. */
  readonly ifMatch?: string;
  readonly replace?: ReplaceStrategy;
  /** Default `auto`: CRC32 where the store takes it. */
  readonly checksum?: "auto" | "none" | ChecksumAlgorithm;
  /** At least 5 MiB; grows for objects that would need more than 10,000 parts. */
  readonly partSizeBytes?: number;
  /** Parts sent at a time. Default `transferLimits.partsInFlight`. */
  readonly concurrency?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface UploadStreamOptions extends Omit<UploadOptions, "onProgress"> {
  readonly onProgress?: (progress: Pick<Progress, "doneBytes">) => void;
}

export interface UploadResult {
  readonly Key: string;
  readonly ETag: string;
  readonly Size: number;
  readonly VersionId?: string;
  readonly checksum?: ObjectChecksum;
}

export interface ReadOptions extends CallOptions {
  readonly versionId?: string;
}

export interface RangeReadOptions extends ReadOptions {
  readonly range?: ByteRange;
  /** PreconditionFailed when the object is another one. */
  readonly ifMatch?: string;
}

export interface DownloadOptions extends ReadOptions {
  /** Gives the file the object's LastModified as its time of change. Default false. */
  readonly keepModifiedTime?: boolean;
  /** Ranges fetched at a time, for large objects. Default `transferLimits.partsInFlight`. */
  readonly concurrency?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ListingOptions extends CallOptions {
  /** Default `directory`: `a/b` lists below `a/b/`. `raw`: every key that begins so. */
  readonly prefixMode?: "directory" | "raw";
  /** Zero-byte objects whose key ends in `/`. Default: the service's. */
  readonly directories?: "omit" | "include";
  /** Throws InvalidArgument when there are more; a listing is never cut short silently. */
  readonly limit?: number;
}

/** Names as the guide has them. */
export interface ListingItem {
  /** The whole key in the bucket. */
  readonly Key: string;
  /** Bytes. */
  readonly Size: number;
  readonly LastModified: Date;
  /** With its quotes, as the store sends it. */
  readonly ETag: string;
  readonly StorageClass?: string;
  readonly ChecksumAlgorithm?: ChecksumAlgorithm;
  readonly ChecksumType?: ChecksumType;
}

export interface DirectoryListing {
  readonly files: readonly ListingItem[];
  readonly directories: readonly string[];
}

export interface FileStat extends ListingItem {
  readonly VersionId?: string;
  readonly ContentType?: string;
  readonly Metadata: Readonly<Record<string, string>>;
  readonly ServerSideEncryption?: string;
  readonly checksum?: ObjectChecksum;
}

export interface FileReading {
  readonly stat: FileStat;
  /** Read it to the end or leave its loop; else its connection stays taken. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface DeleteFileOptions extends CallOptions {
  /** NotFound when there is nothing to delete. Two requests, so another writer may come between. */
  readonly mustExist?: boolean;
  readonly versionId?: string;
  readonly ifMatch?: string;
}

export interface CopyFileOptions extends CallOptions {
  /** Where the source lies, when that is another bucket of the same endpoint. */
  readonly sourceStore?: ObjectStore;
  readonly sse?: ServerSideEncryption;
  readonly ifAbsent?: boolean;
  readonly versionId?: string;
}

export interface DeleteManyResult {
  readonly deleted: readonly string[];
  readonly errors: readonly {
    readonly Key: string;
    /** S3's code. */
    readonly code: string;
    readonly message: string;
  }[];
}
