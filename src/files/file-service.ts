/// <reference lib="esnext.disposable" preserve="true" />
import type { Capabilities } from "../core/capabilities.ts";
import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "../core/checksum.ts";
import type { CallOptions, ObjectTags } from "../core/object-store.ts";
import type { WebByteStream } from "../core/web-byte-stream.ts";
import type { UnpackResult } from "../transfer/archive/extract-options.ts";
import type { ArchiveStream } from "../transfer/archive/archive-stream.ts";
import type {
  ContentsOptions,
  CopyFileOptions,
  DownloadOptions,
  RangeReadOptions,
  ReadOptions,
  UploadContents,
  UploadFileOptions,
  UploadOptions,
  UploadStreamOptions,
} from "../transfer/transfer-options.ts";
import type { ArchiveInput, ExtractArchiveOptions, StreamArchiveOptions } from "./archive-types.ts";
import type {
  DirectoryResult,
  DownloadDirectoryOptions,
  SyncDirectoryOptions,
  UploadDirectoryOptions,
} from "./directory-types.ts";
import type { SignedForm, SignedFormOptions, SignedUrl, SignedUrlOptions } from "./link-types.ts";
import type { FileEvents, WatchOptions } from "./watch-types.ts";
import type { RandomAccessFile } from "./random-access-types.ts";
import type { FileListing, PagedListingOptions } from "./listing-types.ts";
import type {
  CountProgress,
  DeleteManyOptions,
  DeletePrefixOptions,
  DeletePrefixResult,
  MoveFileOptions,
} from "./prefix-types.ts";
import type {
  FileVersion,
  RestoreOptions,
  RestorePrefixOptions,
  RestorePrefixResult,
  RestoreResult,
} from "./version-types.ts";
import type { FileContents } from "./file-contents.ts";

/**
 * Files in one bucket. Paths are exact S3 keys: nothing is normalised, a leading `/` stays part of
 * the key. `s3://bucket/key` is taken too when the bucket is this one. All methods throw StorageError.
 */
export interface FileService extends AsyncDisposable {
  readonly bucket: string;
  /** What the store can do, known before the first call. */
  readonly capabilities: Capabilities;

  /** Bytes in memory; a string is sent as UTF-8. From 16 MiB on in parts. */
  uploadBytes(
    contents: UploadContents,
    path: string,
    options?: UploadOptions,
  ): Promise<UploadResult>;
  /** A regular file; from 16 MiB on in parts. */
  uploadFile(
    filePath: string | URL,
    path: string,
    options?: UploadFileOptions,
  ): Promise<UploadResult>;
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
   * Anything that holds or gives bytes: a string (UTF-8), bytes, a Blob or File, a web or Node stream,
   * an iterable of chunks. Of unknown length and conditional, as the options say.
   */
  write(path: string, contents: FileContents, options?: UploadStreamOptions): Promise<UploadResult>;
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
  getFileContents(path: string, options?: ContentsOptions): Promise<Uint8Array | null>;
  /**
   * All objects below a directory: `results` means `results/`, empty and `/` the whole bucket. With
   * `prefixMode: "raw"` any prefix as it stands. Never cut short.
   */
  getListing(path: string, options?: ListingOptions): Promise<ListingItem[]>;
  /** When the object was last written, to the second. Throws NotFound. */
  getModifiedDate(path: string, options?: CallOptions): Promise<Date>;
  /** Deleting a missing file is a success, unless `mustExist`. */
  deleteFile(path: string, options?: DeleteFileOptions): Promise<void>;
  /** Ends what is running, removes temporary downloads; later calls throw Closed. */
  close(): Promise<void>;

  /** False only when the object is proven to be missing; a refused look throws. */
  exists(path: string, options?: CallOptions): Promise<boolean>;
  /** Size, time, headers and checksum, without the bytes. Throws NotFound. */
  stat(path: string, options?: ReadOptions): Promise<FileStat>;
  /**
   * Part of an object or all of it; a body that breaks is taken up where it broke. Throws NotFound,
   * RangeNotSatisfiable for a range beyond the end.
   */
  read(path: string, options?: RangeReadOptions): Promise<FileReading>;
  /**
   * As getListing, one by one, with flat memory, or by `pages()`. With a delimiter the directories are
   * told by the pages alone.
   */
  list(path: string, options?: PagedListingOptions): FileListing;
  /** One level: the files directly below a directory, and its sub-directories with their `/`. */
  listDirectory(path: string, options?: ListingOptions): Promise<DirectoryListing>;
  /** On the store's side, any size, headers and metadata included. Throws NotFound. */
  copy(from: string, to: string, options?: CopyFileOptions): Promise<UploadResult>;
  /**
   * To another key of the bucket: copied on the store's side, looked at, and only then deleted where it
   * was, so that at each moment it is there whole. Throws NotFound, AlreadyExists, Conflict.
   */
  move(from: string, to: string, options?: MoveFileOptions): Promise<UploadResult>;
  /** Any number; failures come back per file, in the order given. */
  deleteMany(paths: readonly string[], options?: DeleteManyOptions): Promise<DeleteManyResult>;
  /**
   * Everything below a directory: `foo` means `foo/`, never `foo2/`. What was found when it began is
   * deleted, what comes meanwhile stays. What could not be deleted comes back in `errors`.
   */
  deletePrefix(path: string, options?: DeletePrefixOptions): Promise<DeletePrefixResult>;

  /**
   * Every file of a local directory, below a directory of the bucket. What fails is thrown once all
   * others are done, with what was copied and what was not; so a result is never half of one.
   */
  uploadDirectory(
    directory: string | URL,
    path: string,
    options?: UploadDirectoryOptions,
  ): Promise<DirectoryResult>;
  /** The other way round: each file appears whole and verified. Throws NotFound for nothing. */
  downloadDirectory(
    path: string,
    directory: string | URL,
    options?: DownloadDirectoryOptions,
  ): Promise<DirectoryResult>;
  /** Copies only what is new or other there: `up` to the bucket, `down` to the local directory. */
  syncDirectory(
    direction: "up" | "down",
    directory: string | URL,
    path: string,
    options?: SyncDirectoryOptions,
  ): Promise<DirectoryResult>;

  /** Names and values, at most ten; empty when there are none. Throws NotFound. */
  getTags(path: string, options?: ReadOptions): Promise<ObjectTags>;
  /** In place of all tags that are there. Throws NotFound. */
  setTags(path: string, tags: ObjectTags, options?: ReadOptions): Promise<void>;
  /** All of them. Throws NotFound. */
  deleteTags(path: string, options?: ReadOptions): Promise<void>;

  /**
   * A link that works without credentials; the answer says when it really ends. The store is not
   * asked, so that a link to a missing file is made as well.
   */
  signedUrl(path: string, options?: SignedUrlOptions): Promise<SignedUrl>;
  /**
   * A form by which a browser uploads a file, with bounds that the store checks. NotSupported on
   * stores without uploads by POST (Qumulo).
   */
  signedForm(path: string, options?: SignedFormOptions): Promise<SignedForm>;

  /** All versions of a file and the marks of its deletion, the newest first. Throws NotFound. */
  versions(path: string, options?: CallOptions): AsyncIterable<FileVersion>;
  /**
   * Puts an older version on top, with its headers, metadata and tags: a version by its id, the one of
   * a time, or what was there before the file was deleted. Nothing is deleted by it. Throws NotFound.
   */
  restore(path: string, options?: RestoreOptions): Promise<RestoreResult>;
  /** The same of everything below a directory. What fails comes back in `errors`. */
  restorePrefix(path: string, options?: RestorePrefixOptions): Promise<RestorePrefixResult>;

  /**
   * All files below a directory as one tar, tar.gz or ZIP archive, in the order of the listing: read
   * side by side ahead of the reader, in memory of some 50 MiB however many they are. Each is whole,
   * verified and the one that was listed; else the stream fails before the archive's end, or with
   * `onMissing: "report"` says what it lacks. Answers once the first file is there. Throws NotFound when
   * there is none.
   *
   * @example
   * const archive = await files.streamArchive("exp-1/analyses", { include: ["*.tsv"] });
   * await pipeline(archive, createWriteStream("exp-1.tar.gz"));
   */
  streamArchive(path: string, options?: StreamArchiveOptions): Promise<ArchiveStream>;
  /**
   * Unpacks a tar, tar.gz or ZIP archive to files below a directory. Links, devices, names that would lead
   * elsewhere or come twice, and bombs are refused, of a ZIP archive before anything is written. A failure
   * says how many files had been written by then; those stay.
   *
   * @example
   * await files.extractArchive({ file: "exp-1.tar.gz" }, "exp-1");
   */
  extractArchive(
    archive: ArchiveInput,
    path: string,
    options?: ExtractArchiveOptions,
  ): Promise<UnpackResult>;
  /**
   * What is created, changed and deleted below a directory, found by listing it again and again. With the
   * cursor of the last batch another process goes on where this one ended. What comes and goes between
   * two looks is not seen, and of several changes of a file the last one.
   *
   * @example
   * let kept = "..."; // the cursor of the last batch that was dealt with
   * for await (const { events, cursor } of files.watch("exp-1", { cursor: kept })) {
   *   for (const { kind, Key } of events) console.log(kind, Key);
   *   kept = cursor();
   * }
   */
  watch(path: string, options?: WatchOptions): AsyncIterable<FileEvents>;
  /**
   * Opens a file to be read here and there: one HEAD, then ranges of that version alone. Throws
   * NotFound.
   *
   * @example
   * const file = await files.openRandomAccess("exp-1/table.parquet");
   * const rows = await parquetReadObjects({ file }); // of hyparquet
   * await file.close();
   */
  openRandomAccess(path: string, options?: ReadOptions): Promise<RandomAccessFile>;
}

/** What was stored. */
export interface UploadResult {
  /** The whole key in the bucket. */
  readonly Key: string;
  /** With its quotes, as the store sends it. */
  readonly ETag: string;
  /** Bytes. */
  readonly Size: number;
  /** On buckets with versioning. */
  readonly VersionId?: string;
  /** As the store keeps it; absent where it takes none. */
  readonly checksum?: ObjectChecksum;
}

export interface ListingOptions extends CallOptions {
  /** Default `directory`: `a/b` lists below `a/b/`. `raw`: every key that begins so. */
  readonly prefixMode?: "directory" | "raw";
  /** Zero-byte objects whose key ends in `/`. Default: the service's. */
  readonly directories?: "omit" | "include";
  /** Throws InvalidArgument when there are more; a listing is never cut short silently. */
  readonly limit?: number;
  /** Files that are found, and directories where those are told; the last time with their total. */
  readonly onProgress?: (progress: CountProgress) => void;
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
  /** On buckets with versioning, where a version was asked for or told. */
  readonly VersionId?: string;
  /** In listings of versions. */
  readonly IsLatest?: boolean;
  /** In listings of versions. */
  readonly IsDeleteMarker?: boolean;
}

/** One level of a listing. */
export interface DirectoryListing {
  readonly files: readonly ListingItem[];
  /** Whole prefixes, each with its ending `/`. */
  readonly directories: readonly string[];
}

/** An object without its bytes. */
export interface FileStat extends ListingItem {
  readonly ContentType?: string;
  /** User metadata; names in lower case, without `x-amz-meta-`. */
  readonly Metadata: Readonly<Record<string, string>>;
  /** `AES256`, `aws:kms`, ..., as the store says. */
  readonly ServerSideEncryption?: string;
  readonly checksum?: ObjectChecksum;
}

/** An object that is being read. */
export interface FileReading {
  readonly stat: FileStat;
  /**
   * For one reader: loops, Node's `pipeline` and `Readable.from`. Read it to the end or leave its loop;
   * else its connection stays taken.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** All bytes in memory. */
  bytes(): Promise<Uint8Array>;
  /** As UTF-8. */
  text(): Promise<string>;
  /** Throws InvalidArgument for what is no JSON. */
  json(): Promise<unknown>;
  /** The bytes as a web stream, such as `Response` takes. */
  stream(): WebByteStream;
}

export interface DeleteFileOptions extends CallOptions {
  /** NotFound when there is nothing to delete. Two requests, so another writer may come between. */
  readonly mustExist?: boolean;
  /** Deletes this version for good. Default: the file, which versioning keeps as an older version. */
  readonly versionId?: string;
  /** Only this ETag; PreconditionFailed otherwise. */
  readonly ifMatch?: string;
}

/** What became of each file. */
export interface DeleteManyResult {
  /** Keys; those that were not there count as deleted. */
  readonly deleted: readonly string[];
  readonly errors: readonly {
    readonly Key: string;
    /** S3's code. */
    readonly code: string;
    readonly message: string;
  }[];
}
