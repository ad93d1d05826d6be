import type { Capabilities } from "../core/capabilities.ts";
import type {
  DeleteManyResult,
  DirectoryListing,
  FileReading,
  FileService,
  FileStat,
  ListingItem,
  UploadResult,
} from "../files/file-service.ts";

/**
 * A class to make with `new`, to extend and to test with `instanceof`, around a service made
 * elsewhere. Its methods stand on the prototype, where spies look for them.
 */
export class DelegatingFileService implements FileService {
  readonly #inner: FileService;
  readonly bucket: string;
  readonly capabilities: Capabilities;

  constructor(inner: FileService) {
    this.#inner = inner;
    this.bucket = inner.bucket;
    this.capabilities = inner.capabilities;
  }

  uploadBytes(...args: Parameters<FileService["uploadBytes"]>): Promise<UploadResult> {
    return this.#inner.uploadBytes(...args);
  }

  uploadFile(...args: Parameters<FileService["uploadFile"]>): Promise<UploadResult> {
    return this.#inner.uploadFile(...args);
  }

  uploadStream(...args: Parameters<FileService["uploadStream"]>): Promise<UploadResult> {
    return this.#inner.uploadStream(...args);
  }

  downloadFile(...args: Parameters<FileService["downloadFile"]>): Promise<[string, string]> {
    return this.#inner.downloadFile(...args);
  }

  getFileContents(...args: Parameters<FileService["getFileContents"]>): Promise<Uint8Array | null> {
    return this.#inner.getFileContents(...args);
  }

  getListing(...args: Parameters<FileService["getListing"]>): Promise<ListingItem[]> {
    return this.#inner.getListing(...args);
  }

  getModifiedDate(...args: Parameters<FileService["getModifiedDate"]>): Promise<Date> {
    return this.#inner.getModifiedDate(...args);
  }

  deleteFile(...args: Parameters<FileService["deleteFile"]>): Promise<void> {
    return this.#inner.deleteFile(...args);
  }

  exists(...args: Parameters<FileService["exists"]>): Promise<boolean> {
    return this.#inner.exists(...args);
  }

  stat(...args: Parameters<FileService["stat"]>): Promise<FileStat> {
    return this.#inner.stat(...args);
  }

  read(...args: Parameters<FileService["read"]>): Promise<FileReading> {
    return this.#inner.read(...args);
  }

  list(...args: Parameters<FileService["list"]>): AsyncIterable<ListingItem> {
    return this.#inner.list(...args);
  }

  listDirectory(...args: Parameters<FileService["listDirectory"]>): Promise<DirectoryListing> {
    return this.#inner.listDirectory(...args);
  }

  copy(...args: Parameters<FileService["copy"]>): Promise<UploadResult> {
    return this.#inner.copy(...args);
  }

  deleteMany(...args: Parameters<FileService["deleteMany"]>): Promise<DeleteManyResult> {
    return this.#inner.deleteMany(...args);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
