import { randomUUID } from "node:crypto";
import type { Capabilities } from "../core/capabilities.ts";
import type { DigestFactory } from "../core/checksum.ts";
import { StorageError } from "../core/errors.ts";
import type { CallOptions, ObjectStore } from "../core/object-store.ts";
import { copy } from "./copy.ts";
import { deleteMany } from "./delete-many.ts";
import { downloadFile } from "./download-file.ts";
import type { FileContext } from "./file-context.ts";
import type {
  CopyFileOptions,
  DeleteFileOptions,
  DeleteManyResult,
  DirectoryListing,
  DownloadOptions,
  FileReading,
  FileService,
  FileStat,
  ListingItem,
  ListingOptions,
  RangeReadOptions,
  ReadOptions,
  ReplaceStrategy,
  ServerSideEncryption,
  UploadContents,
  UploadOptions,
  UploadResult,
  UploadStreamOptions,
} from "./file-service.ts";
import { getListing, list, listDirectory } from "./listing.ts";
import { nativeDigest } from "./native-digest.ts";
import { readContents } from "./read-contents.ts";
import { readFile } from "./read-file.ts";
import { deleteFile, exists, stat } from "./stat.ts";
import { TemporaryFiles } from "./temporary-files.ts";
import { uploadStream } from "./upload-stream.ts";
import { uploadBytes, uploadFile } from "./upload.ts";

export interface FileServiceOptions {
  /** Of every upload. Default `AES256` where the store takes the header, else `bucket-default`. */
  readonly sse?: ServerSideEncryption;
  /** In listings. Default `omit` on stores that list empty directories (Qumulo), else `include`. */
  readonly directories?: "omit" | "include";
  /** Default `staged`; used only when a store refuses to overwrite. */
  readonly replace?: ReplaceStrategy;
  /** Parent of downloads without a target. Default: the system's. */
  readonly temporaryDirectory?: string;
  /** Default: CRC32, SHA1 and SHA256; other checksums then go unchecked. */
  readonly createDigest?: DigestFactory;
  /** Default: random UUIDs. */
  readonly randomName?: () => string;
}

/** A file service on any store. `close()` closes the store too. */
export function createFileService(
  store: ObjectStore,
  options: FileServiceOptions = {},
): FileService {
  const { capabilities } = store;
  const takesEncryption = capabilities.serverSideEncryptionHeader === "yes";
  const listsDirectories = capabilities.orderedListing === "no";
  const context: FileContext = {
    store,
    sse: options.sse ?? (takesEncryption ? "AES256" : "bucket-default"),
    directories: options.directories ?? (listsDirectories ? "omit" : "include"),
    replace: options.replace ?? "staged",
    createDigest: options.createDigest ?? nativeDigest,
    randomName: options.randomName ?? randomUUID,
  };
  return new StoreFileService(context, new TemporaryFiles(options.temporaryDirectory));
}

class StoreFileService implements FileService {
  readonly bucket: string;
  readonly capabilities: Capabilities;
  readonly #context: FileContext;
  readonly #temporary: TemporaryFiles;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(context: FileContext, temporary: TemporaryFiles) {
    this.#context = context;
    this.#temporary = temporary;
    this.bucket = context.store.bucket;
    this.capabilities = context.store.capabilities;
  }

  uploadBytes(
    contents: UploadContents,
    path: string,
    options?: UploadOptions,
  ): Promise<UploadResult> {
    return this.#run("uploadBytes", () => uploadBytes(this.#context, contents, path, options));
  }

  uploadFile(filePath: string | URL, path: string, options?: UploadOptions): Promise<UploadResult> {
    return this.#run("uploadFile", () => uploadFile(this.#context, filePath, path, options));
  }

  uploadStream(
    contents: AsyncIterable<Uint8Array>,
    path: string,
    options?: UploadStreamOptions,
  ): Promise<UploadResult> {
    return this.#run("uploadStream", () =>
      uploadStream(this.#context, this.#temporary, contents, path, options),
    );
  }

  downloadFile(
    path: string,
    filePath?: string | URL,
    options?: DownloadOptions,
  ): Promise<[string, string]> {
    return this.#run("downloadFile", () =>
      downloadFile(this.#context, this.#temporary, path, filePath, options),
    );
  }

  getFileContents(path: string, options?: ReadOptions): Promise<Uint8Array | null> {
    return this.#run("getFileContents", () => readContents(this.#context, path, options));
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
    return this.#run("exists", () => exists(this.#context, path, options));
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
    return this.#run("copy", () => copy(this.#context, from, to, options));
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
    await this.#temporary.remove();
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
