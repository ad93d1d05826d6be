/// <reference lib="esnext.disposable" preserve="true" />
import type { Capabilities } from "../core/capabilities.ts";
import type { CallOptions, ObjectTags } from "../core/object-store.ts";
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
import type { SignedForm, SignedFormOptions, SignedUrl, SignedUrlOptions } from "./link-types.ts";
import type { FileEvents, WatchOptions } from "./watch-types.ts";
import type { RandomAccessFile } from "./random-access-types.ts";
import type { FileListing, PagedListingOptions } from "./listing-types.ts";
import type {
  DeleteFileOptions,
  DeleteManyResult,
  DirectoryListing,
  FileReading,
  FileStat,
  ListingItem,
  ListingOptions,
  UploadResult,
} from "./result-types.ts";
import type {
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
import type { FileTrees } from "./file-trees.ts";

/**
 * Files in one bucket. Paths are exact S3 keys: nothing is normalised, a leading `/` stays part of
 * the key. `s3://bucket/key` is taken too when the bucket is this one. All methods throw StorageError.
 */
export interface FileService extends FileTrees, AsyncDisposable {
  readonly bucket: string;
  /** What the store can do, known before the first call. */
  readonly capabilities: Capabilities;

  /**
   * Bytes in memory; a string is sent as UTF-8. From 16 MiB on in parts.
   *
   * @example
   * const { Key, ETag } = await files.uploadBytes("time\tmass\n", "exp-1/mass.tsv");
   */
  uploadBytes(
    contents: UploadContents,
    path: string,
    options?: UploadOptions,
  ): Promise<UploadResult>;
  /**
   * A regular file; from 16 MiB on in parts.
   *
   * @example
   * await files.uploadFile("out/mass.tsv", "exp-1/mass.tsv", { contentType: "text/plain" });
   */
  uploadFile(
    filePath: string | URL,
    path: string,
    options?: UploadFileOptions,
  ): Promise<UploadResult>;
  /**
   * Bytes of unknown length as they come, in parts that grow: up to 8 TiB, with memory of about a
   * thousandth of that. A stream that fails leaves nothing behind.
   *
   * @example
   * await files.uploadStream(process.stdin, "exp-1/log.txt");
   */
  uploadStream(
    contents: AsyncIterable<Uint8Array>,
    path: string,
    options?: UploadStreamOptions,
  ): Promise<UploadResult>;
  /**
   * Anything that holds or gives bytes: a string (UTF-8), bytes, a Blob or File, a web or Node stream,
   * an iterable of chunks. Of unknown length and conditional, as the options say.
   *
   * @example
   * await files.write("exp-1/state.json", JSON.stringify({ done: true }), { ifAbsent: true });
   */
  write(path: string, contents: FileContents, options?: UploadStreamOptions): Promise<UploadResult>;
  /**
   * To `filePath`, or to a temporary file that `close()` removes. Answers the key and the local path.
   * The file appears under its name whole and verified, or not at all.
   *
   * @example
   * const [key, path] = await files.downloadFile("exp-1/mass.tsv", "in/mass.tsv");
   */
  downloadFile(
    path: string,
    filePath?: string | URL,
    options?: DownloadOptions,
  ): Promise<[string, string]>;
  /**
   * Null only when the object is proven to be missing; a refused read throws.
   *
   * @example
   * const bytes = await files.getFileContents("exp-1/mass.tsv");
   * const text = bytes === null ? "nothing there" : new TextDecoder().decode(bytes);
   */
  getFileContents(path: string, options?: ContentsOptions): Promise<Uint8Array | null>;
  /**
   * All objects below a directory: `results` means `results/`, empty and `/` the whole bucket. With
   * `prefixMode: "raw"` any prefix as it stands. Never cut short.
   *
   * @example
   * for (const { Key, Size } of await files.getListing("exp-1/analyses")) console.log(Key, Size);
   */
  getListing(path: string, options?: ListingOptions): Promise<ListingItem[]>;
  /**
   * When the object was last written, to the second. Throws NotFound.
   *
   * @example
   * const changed = await files.getModifiedDate("exp-1/mass.tsv");
   */
  getModifiedDate(path: string, options?: CallOptions): Promise<Date>;
  /**
   * Deleting a missing file is a success, unless `mustExist`.
   *
   * @example
   * await files.deleteFile("exp-1/mass.tsv", { mustExist: true });
   */
  deleteFile(path: string, options?: DeleteFileOptions): Promise<void>;
  /**
   * Ends what is running, removes temporary downloads; later calls throw Closed.
   *
   * @example
   * await files.close(); // or: await using files = new FileServiceS3()
   */
  close(): Promise<void>;

  /**
   * False only when the object is proven to be missing; a refused look throws.
   *
   * @example
   * if (!(await files.exists("exp-1/done"))) console.log("not yet");
   */
  exists(path: string, options?: CallOptions): Promise<boolean>;
  /**
   * Size, time, headers and checksum, without the bytes. Throws NotFound.
   *
   * @example
   * const { Size, ContentType, Metadata } = await files.stat("exp-1/mass.tsv");
   */
  stat(path: string, options?: ReadOptions): Promise<FileStat>;
  /**
   * Part of an object or all of it; a body that breaks is taken up where it broke. Throws NotFound,
   * RangeNotSatisfiable for a range beyond the end.
   *
   * @example
   * const { body } = await files.read("exp-1/mass.tsv", { range: { first: 0, last: 99 } });
   * for await (const chunk of body) process.stdout.write(chunk);
   */
  read(path: string, options?: RangeReadOptions): Promise<FileReading>;
  /**
   * As getListing, one by one, with flat memory, or by `pages()`. With a delimiter the directories are
   * told by the pages alone.
   *
   * @example
   * for await (const { Key } of files.list("exp-1")) console.log(Key);
   */
  list(path: string, options?: PagedListingOptions): FileListing;
  /**
   * One level: the files directly below a directory, and its sub-directories with their `/`.
   *
   * @example
   * const { files: own, directories } = await files.listDirectory("exp-1");
   */
  listDirectory(path: string, options?: ListingOptions): Promise<DirectoryListing>;
  /**
   * On the store's side, any size, headers and metadata included. Throws NotFound.
   *
   * @example
   * await files.copy("exp-1/mass.tsv", "kept/mass.tsv");
   */
  copy(from: string, to: string, options?: CopyFileOptions): Promise<UploadResult>;
  /**
   * To another key of the bucket: copied on the store's side, looked at, and only then deleted where it
   * was, so that at each moment it is there whole. Throws NotFound, AlreadyExists, Conflict.
   *
   * @example
   * await files.move("inbox/mass.tsv", "exp-1/mass.tsv");
   */
  move(from: string, to: string, options?: MoveFileOptions): Promise<UploadResult>;
  /**
   * Any number; failures come back per file, in the order given.
   *
   * @example
   * const { deleted, errors } = await files.deleteMany(["exp-1/a.tsv", "exp-1/b.tsv"]);
   */
  deleteMany(paths: readonly string[], options?: DeleteManyOptions): Promise<DeleteManyResult>;
  /**
   * Everything below a directory: `foo` means `foo/`, never `foo2/`. What was found when it began is
   * deleted, what comes meanwhile stays. What could not be deleted comes back in `errors`.
   *
   * @example
   * const { deleted, errors } = await files.deletePrefix("exp-1/scratch");
   */
  deletePrefix(path: string, options?: DeletePrefixOptions): Promise<DeletePrefixResult>;

  /**
   * Names and values, at most ten; empty when there are none. Throws NotFound.
   *
   * @example
   * const { project } = await files.getTags("exp-1/mass.tsv");
   */
  getTags(path: string, options?: ReadOptions): Promise<ObjectTags>;
  /**
   * In place of all tags that are there. Throws NotFound.
   *
   * @example
   * await files.setTags("exp-1/mass.tsv", { project: "cells" });
   */
  setTags(path: string, tags: ObjectTags, options?: ReadOptions): Promise<void>;
  /**
   * All of them. Throws NotFound.
   *
   * @example
   * await files.deleteTags("exp-1/mass.tsv");
   */
  deleteTags(path: string, options?: ReadOptions): Promise<void>;

  /**
   * A link that works without credentials; the answer says when it really ends. The store is not
   * asked, so that a link to a missing file is made as well.
   *
   * @example
   * const { url, expiresAt } = await files.signedUrl("exp-1/report.html", { expiresInSeconds: 3600 });
   */
  signedUrl(path: string, options?: SignedUrlOptions): Promise<SignedUrl>;
  /**
   * A form by which a browser uploads a file, with bounds that the store checks. NotSupported on
   * stores without uploads by POST (Qumulo).
   *
   * @example
   * const { url, fields } = await files.signedForm("inbox/", { maxBytes: 1_000_000 });
   */
  signedForm(path: string, options?: SignedFormOptions): Promise<SignedForm>;

  /**
   * All versions of a file and the marks of its deletion, the newest first. Throws NotFound.
   *
   * @example
   * for await (const { VersionId, LastModified } of files.versions("exp-1/mass.tsv")) {
   *   console.log(VersionId, LastModified);
   * }
   */
  versions(path: string, options?: CallOptions): AsyncIterable<FileVersion>;
  /**
   * Puts an older version on top, with its headers, metadata and tags: a version by its id, the one of
   * a time, or what was there before the file was deleted. Nothing is deleted by it. Throws NotFound.
   *
   * @example
   * await files.restore("exp-1/mass.tsv", { asOf: new Date("2026-01-31") });
   */
  restore(path: string, options?: RestoreOptions): Promise<RestoreResult>;
  /**
   * The same of everything below a directory. What fails comes back in `errors`.
   *
   * @example
   * const { restored, errors } = await files.restorePrefix("exp-1", { asOf: new Date("2026-01-31") });
   */
  restorePrefix(path: string, options?: RestorePrefixOptions): Promise<RestorePrefixResult>;

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
