import type { Capabilities } from "../core/capabilities.ts";
import { StorageError } from "../core/errors.ts";
import type { CallOptions, ObjectStore } from "../core/object-store.ts";
import { copyObject } from "../transfer/copy/copy-object.ts";
import { downloadFile } from "../transfer/download/download-file.ts";
import { readContents } from "../transfer/download/read-contents.ts";
import { objectExists } from "../transfer/objects/object-exists.ts";
import {
  transferContext,
  type TransferContext,
  type TransferContextOptions,
} from "../transfer/transfer-context.ts";
import type {
  CopyFileOptions,
  DownloadOptions,
  RangeReadOptions,
  ReadOptions,
  UploadContents,
  UploadOptions,
  UploadStreamOptions,
} from "../transfer/transfer-options.ts";
import { uploadFile } from "../transfer/upload/upload-file.ts";
import { uploadBytes } from "../transfer/upload/upload-object.ts";
import { uploadStream } from "../transfer/upload/upload-stream.ts";
import { deleteMany } from "./delete-many.ts";
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
import { getListing, list, listDirectory } from "./listing.ts";
import { readFile } from "./read-file.ts";
import { deleteFile, stat } from "./stat.ts";
import { toKey } from "./to-key.ts";
import { toUploadResult } from "./upload-result.ts";

/** A file service on any store. `close()` closes the store too. */
export function createFileService(
  store: ObjectStore,
  options: TransferContextOptions = {},
): FileService {
  return fileServiceOn(transferContext(store, options));
}

/** The library's words for transfers to and from an open bucket. `close()` closes its store too. */
export function fileServiceOn(context: TransferContext): FileService {
  return new StoreFileService(context);
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
    return this.#run("uploadBytes", async () =>
      toUploadResult(await uploadBytes(this.#context, contents, this.#key(path), options)),
    );
  }

  uploadFile(filePath: string | URL, path: string, options?: UploadOptions): Promise<UploadResult> {
    return this.#run("uploadFile", async () =>
      toUploadResult(await uploadFile(this.#context, filePath, this.#key(path), options)),
    );
  }

  uploadStream(
    contents: AsyncIterable<Uint8Array>,
    path: string,
    options?: UploadStreamOptions,
  ): Promise<UploadResult> {
    return this.#run("uploadStream", async () =>
      toUploadResult(await uploadStream(this.#context, contents, this.#key(path), options)),
    );
  }

  downloadFile(
    path: string,
    filePath?: string | URL,
    options?: DownloadOptions,
  ): Promise<[string, string]> {
    return this.#run("downloadFile", async () => {
      const key = this.#key(path);
      return [key, (await downloadFile(this.#context, key, filePath, options)).path];
    });
  }

  getFileContents(path: string, options?: ReadOptions): Promise<Uint8Array | null> {
    return this.#run("getFileContents", async () =>
      readContents(this.#context, this.#key(path), options),
    );
  }

  getListing(path: string, options?: ListingOptions): Promise<ListingItem[]> {
    return this.#run("getListing", () => getListing(this.#context, path, options));
  }

  getModifiedDate(path: string, options?: CallOptions): Promise<Date> {
    return this.#run("getModifiedDate", async () => {
      const { LastModified } = await stat(this.#context, path, options);
      return LastModified;
    });
  }

  deleteFile(path: string, options?: DeleteFileOptions): Promise<void> {
    return this.#run("deleteFile", () => deleteFile(this.#context, path, options));
  }

  exists(path: string, options?: CallOptions): Promise<boolean> {
    return this.#run("exists", async () =>
      objectExists(this.#context.store, this.#key(path), options),
    );
  }

  stat(path: string, options?: ReadOptions): Promise<FileStat> {
    return this.#run("stat", () => stat(this.#context, path, options));
  }

  read(path: string, options?: RangeReadOptions): Promise<FileReading> {
    return this.#run("read", () => readFile(this.#context, path, options));
  }

  list(path: string, options?: ListingOptions): AsyncIterable<ListingItem> {
    return list(this.#context, path, options);
  }

  listDirectory(path: string, options?: ListingOptions): Promise<DirectoryListing> {
    return this.#run("listDirectory", () => listDirectory(this.#context, path, options));
  }

  copy(from: string, to: string, options?: CopyFileOptions): Promise<UploadResult> {
    return this.#run("copy", async () => {
      // A key of another bucket's store is taken as it stands.
      const source = options?.sourceStore === undefined ? this.#key(from) : from;
      return toUploadResult(await copyObject(this.#context, source, this.#key(to), options));
    });
  }

  deleteMany(paths: readonly string[], options?: CallOptions): Promise<DeleteManyResult> {
    return this.#run("deleteMany", () => deleteMany(this.#context, paths, options));
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

  #key(path: string): string {
    return toKey(this.bucket, path);
  }

  async #run<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      throw new StorageError("Closed", `${operation}: the file service is closed.`, {
        operation,
        remedy: "Close it after its last use, or make another one.",
      });
    }
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}
