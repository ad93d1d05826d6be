import type { Capabilities } from "../core/capabilities.ts";
import {
  type OptionChecks,
  callChecks,
  checkArgument,
  checkOptions,
  isArray,
  isAsyncIterable,
  isTags,
  isText,
} from "../core/check-options.ts";
import { isStorageError, StorageError } from "../core/errors.ts";
import { assertObjectKey } from "../core/object-key.ts";
import type { CallOptions, ObjectTags } from "../core/object-store.ts";
import { restateError } from "../core/restate-error.ts";
import type { ArchiveStream } from "../transfer/archive/archive-stream.ts";
import { copyObject } from "../transfer/copy/copy-object.ts";
import { downloadFile } from "../transfer/download/download-file.ts";
import { readContents } from "../transfer/download/read-contents.ts";
import { objectExists } from "../transfer/objects/object-exists.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type {
  CopyFileOptions,
  DownloadOptions,
  RangeReadOptions,
  ReadOptions,
  UploadContents,
  UploadFileOptions,
  UploadOptions,
  UploadStreamOptions,
} from "../transfer/transfer-options.ts";
import { uploadFile } from "../transfer/upload/upload-file.ts";
import { uploadBytes } from "../transfer/upload/upload-object.ts";
import { uploadStream } from "../transfer/upload/upload-stream.ts";
import { archiveChecks } from "./archive-checks.ts";
import type { StreamArchiveOptions } from "./archive-types.ts";
import { deleteMany } from "./delete-many.ts";
import { deletePrefix } from "./delete-prefix.ts";
import type {
  DeleteFileOptions,
  DeleteManyResult,
  DirectoryListing,
  FileReading,
  FileService,
  FileStat,
  ListingItem,
  ListingOptions,
  UploadResult,
} from "./file-service.ts";
import { getListing, list, listDirectory, versionsOf } from "./listing.ts";
import type { FileListing, PagedListingOptions } from "./listing-types.ts";
import type { SignedForm, SignedFormOptions, SignedUrl, SignedUrlOptions } from "./link-types.ts";
import { localPath } from "./local-path.ts";
import { moveFile } from "./move-file.ts";
import {
  copyChecks,
  deleteChecks,
  deletePrefixChecks,
  downloadChecks,
  listingChecks,
  moveChecks,
  pagedListingChecks,
  rangeReadChecks,
  readChecks,
  restoreChecks,
  restorePrefixChecks,
  signedFormChecks,
  signedUrlChecks,
  uploadChecks,
  uploadFileChecks,
  uploadStreamChecks,
} from "./option-checks.ts";
import type { DeletePrefixOptions, DeletePrefixResult, MoveFileOptions } from "./prefix-types.ts";
import { openRandomAccess, type RandomAccessFile } from "./random-access-file.ts";
import { readFile } from "./read-file.ts";
import { restoreFile, restorePrefix } from "./restore-files.ts";
import { signedForm, signedUrl } from "./signed-links.ts";
import { deleteTags, getTags, setTags } from "./tags.ts";
import { deleteFile, stat } from "./stat.ts";
import { streamArchive } from "./stream-archive.ts";
import { toKey } from "./to-key.ts";
import { toUploadResult } from "./upload-result.ts";
import type {
  FileVersion,
  RestoreOptions,
  RestorePrefixOptions,
  RestorePrefixResult,
  RestoreResult,
} from "./version-types.ts";

/** The library's words for transfers to and from an open bucket. `close()` closes its store too. */
export function fileServiceOn(context: TransferContext): FileService {
  return new StoreFileService(context);
}

/** Every method, by its name, for who hands calls on to a service. */
export function fileServiceMethods(): readonly string[] {
  const names = Object.getOwnPropertyNames(StoreFileService.prototype);
  return names.filter((name) => name !== "constructor");
}

class StoreFileService implements FileService {
  readonly bucket: string;
  readonly capabilities: Capabilities;
  readonly #context: TransferContext;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(context: TransferContext) {
    this.#context = context;
    this.bucket = context.store.bucket;
    this.capabilities = context.store.capabilities;
  }

  uploadBytes(
    contents: UploadContents,
    path: string,
    options?: UploadOptions,
  ): Promise<UploadResult> {
    return this.#run("uploadBytes", options, uploadChecks, async (operation) => {
      const key = this.#key(operation, path);
      return toUploadResult(await uploadBytes(this.#context, contents, key, options));
    });
  }

  uploadFile(
    filePath: string | URL,
    path: string,
    options?: UploadFileOptions,
  ): Promise<UploadResult> {
    return this.#run("uploadFile", options, uploadFileChecks, async (operation) => {
      const key = this.#key(operation, path);
      const file = localPath(operation, filePath);
      return toUploadResult(await uploadFile(this.#context, file, key, options));
    });
  }

  uploadStream(
    contents: AsyncIterable<Uint8Array>,
    path: string,
    options?: UploadStreamOptions,
  ): Promise<UploadResult> {
    return this.#run("uploadStream", options, uploadStreamChecks, async (operation) => {
      const key = this.#key(operation, path);
      checkArgument(operation, "the stream", contents, isAsyncIterable);
      return toUploadResult(await uploadStream(this.#context, contents, key, options));
    });
  }

  downloadFile(
    path: string,
    filePath?: string | URL,
    options?: DownloadOptions,
  ): Promise<[string, string]> {
    return this.#run("downloadFile", options, downloadChecks, async (operation) => {
      const key = this.#key(operation, path);
      const file = filePath === undefined ? undefined : localPath(operation, filePath);
      return [key, (await downloadFile(this.#context, key, file, options)).path];
    });
  }

  getFileContents(path: string, options?: ReadOptions): Promise<Uint8Array | null> {
    return this.#run("getFileContents", options, readChecks, async (operation) =>
      readContents(this.#context, this.#key(operation, path), options),
    );
  }

  getListing(path: string, options?: ListingOptions): Promise<ListingItem[]> {
    return this.#run("getListing", options, listingChecks, async (operation) => {
      checkArgument(operation, "the path", path, isText);
      return getListing(this.#context, path, options);
    });
  }

  getModifiedDate(path: string, options?: CallOptions): Promise<Date> {
    return this.#run("getModifiedDate", options, callChecks, async (operation) => {
      const { LastModified } = await stat(this.#context, this.#key(operation, path), options);
      return LastModified;
    });
  }

  deleteFile(path: string, options?: DeleteFileOptions): Promise<void> {
    return this.#run("deleteFile", options, deleteChecks, async (operation) =>
      deleteFile(this.#context, this.#key(operation, path), options),
    );
  }

  exists(path: string, options?: CallOptions): Promise<boolean> {
    return this.#run("exists", options, callChecks, async (operation) =>
      objectExists(this.#context.store, this.#key(operation, path), options),
    );
  }

  stat(path: string, options?: ReadOptions): Promise<FileStat> {
    return this.#run("stat", options, readChecks, async (operation) =>
      stat(this.#context, this.#key(operation, path), options),
    );
  }

  read(path: string, options?: RangeReadOptions): Promise<FileReading> {
    return this.#run("read", options, rangeReadChecks, async (operation) =>
      readFile(this.#context, this.#key(operation, path), options),
    );
  }

  list(path: string, options?: PagedListingOptions): FileListing {
    return list(this.#context, path, options, () => {
      this.#check("list", options, pagedListingChecks);
      checkArgument("list", "the path", path, isText);
    });
  }

  listDirectory(path: string, options?: ListingOptions): Promise<DirectoryListing> {
    return this.#run("listDirectory", options, listingChecks, async (operation) => {
      checkArgument(operation, "the path", path, isText);
      return listDirectory(this.#context, path, options);
    });
  }

  copy(from: string, to: string, options?: CopyFileOptions): Promise<UploadResult> {
    return this.#run("copy", options, copyChecks, async (operation) => {
      // A key of another bucket's store is taken as it stands.
      const isOwn = options?.sourceStore === undefined;
      if (!isOwn) assertObjectKey(from, operation);
      const source = isOwn ? this.#key(operation, from) : from;
      const target = this.#key(operation, to);
      return toUploadResult(await copyObject(this.#context, source, target, options));
    });
  }

  deleteMany(paths: readonly string[], options?: CallOptions): Promise<DeleteManyResult> {
    return this.#run("deleteMany", options, callChecks, async (operation) => {
      checkArgument(operation, "the paths", paths, isArray);
      const keys = paths.map((path) => this.#key(operation, path));
      return deleteMany(this.#context, keys, options);
    });
  }

  move(from: string, to: string, options?: MoveFileOptions): Promise<UploadResult> {
    return this.#run("move", options, moveChecks, async (operation) => {
      const source = this.#key(operation, from);
      const target = this.#key(operation, to);
      return toUploadResult(await moveFile(this.#context, source, target, options));
    });
  }

  deletePrefix(path: string, options?: DeletePrefixOptions): Promise<DeletePrefixResult> {
    return this.#run("deletePrefix", options, deletePrefixChecks, async (operation) => {
      checkArgument(operation, "the path", path, isText);
      return deletePrefix(this.#context, path, options);
    });
  }

  getTags(path: string, options?: ReadOptions): Promise<ObjectTags> {
    return this.#run("getTags", options, readChecks, async (operation) =>
      getTags(this.#context, this.#key(operation, path), options),
    );
  }

  setTags(path: string, tags: ObjectTags, options?: ReadOptions): Promise<void> {
    return this.#run("setTags", options, readChecks, async (operation) => {
      const key = this.#key(operation, path);
      checkArgument(operation, "the tags", tags, isTags);
      return setTags(this.#context, key, tags, options);
    });
  }

  deleteTags(path: string, options?: ReadOptions): Promise<void> {
    return this.#run("deleteTags", options, readChecks, async (operation) =>
      deleteTags(this.#context, this.#key(operation, path), options),
    );
  }

  signedUrl(path: string, options?: SignedUrlOptions): Promise<SignedUrl> {
    return this.#run("signedUrl", options, signedUrlChecks, async (operation) =>
      signedUrl(this.#context, this.#key(operation, path), options),
    );
  }

  signedForm(path: string, options?: SignedFormOptions): Promise<SignedForm> {
    return this.#run("signedForm", options, signedFormChecks, async (operation) => {
      checkArgument(operation, "the path", path, isText);
      return signedForm(this.#context, toKey(this.bucket, path), options);
    });
  }

  async *versions(path: string, options?: CallOptions): AsyncGenerator<FileVersion, void> {
    this.#check("versions", options, callChecks);
    yield* versionsOf(this.#context, this.#key("versions", path), options);
  }

  restore(path: string, options?: RestoreOptions): Promise<RestoreResult> {
    return this.#run("restore", options, restoreChecks, async (operation) =>
      restoreFile(this.#context, this.#key(operation, path), options),
    );
  }

  restorePrefix(path: string, options?: RestorePrefixOptions): Promise<RestorePrefixResult> {
    return this.#run("restorePrefix", options, restorePrefixChecks, async (operation) => {
      checkArgument(operation, "the path", path, isText);
      return restorePrefix(this.#context, path, options);
    });
  }

  streamArchive(path: string, options?: StreamArchiveOptions): Promise<ArchiveStream> {
    return this.#run("streamArchive", options, archiveChecks, async (operation) => {
      checkArgument(operation, "the path", path, isText);
      return streamArchive(this.#context, path, options);
    });
  }

  openRandomAccess(path: string, options?: ReadOptions): Promise<RandomAccessFile> {
    return this.#run("openRandomAccess", options, readChecks, async (operation) =>
      openRandomAccess(this.#context, this.#key(operation, path), options),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#context.store.close();
    // What was running ends now, with Aborted, and takes its own unfinished files away.
    await Promise.allSettled(this.#running);
    await this.#context.temporary.remove();
  }

  #key(operation: string, path: string): string {
    checkArgument(operation, "the path", path, isText);
    const key = toKey(this.bucket, path);
    assertObjectKey(key, operation);
    return key;
  }

  /** Refused when closed or asked for what cannot be, before anything is done. */
  #check<Options extends object>(
    operation: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
  ): void {
    if (this.#closing !== undefined) {
      throw new StorageError("Closed", `${operation}: the file service is closed.`, {
        operation,
        remedy: "Close it after its last use, or make another one.",
      });
    }
    checkOptions(operation, options, checks);
  }

  async #run<T, Options extends object>(
    operation: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    work: (operation: string) => Promise<T>,
  ): Promise<T> {
    this.#check(operation, options, checks);
    const running = work(operation);
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      throw this.#closing === undefined ? error : closedMeanwhile(operation, error);
    } finally {
      this.#running.delete(running);
    }
  }
}

/** `close()` ends what runs; which of its calls was the one to notice does not matter. */
function closedMeanwhile(operation: string, error: unknown): unknown {
  if (!isStorageError(error, "Closed")) return error;
  const message = `${operation} was stopped because the file service was closed.`;
  return restateError(error, { code: "Aborted", message, operation, retryable: false });
}
