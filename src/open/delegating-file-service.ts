import type { Capabilities } from "../core/capabilities.ts";
import type { FileService } from "../files/file-service.ts";

/** A class to make with `new` and to test with `instanceof`, around a service made elsewhere. */
export class DelegatingFileService implements FileService {
  readonly #inner: FileService;
  readonly bucket: string;
  readonly capabilities: Capabilities;

  constructor(inner: FileService) {
    this.#inner = inner;
    this.bucket = inner.bucket;
    this.capabilities = inner.capabilities;
  }

  readonly uploadBytes: FileService["uploadBytes"] = (...args) => this.#inner.uploadBytes(...args);
  readonly uploadFile: FileService["uploadFile"] = (...args) => this.#inner.uploadFile(...args);
  readonly uploadStream: FileService["uploadStream"] = (...args) =>
    this.#inner.uploadStream(...args);
  readonly downloadFile: FileService["downloadFile"] = (...args) =>
    this.#inner.downloadFile(...args);
  readonly getFileContents: FileService["getFileContents"] = (...args) =>
    this.#inner.getFileContents(...args);
  readonly getListing: FileService["getListing"] = (...args) => this.#inner.getListing(...args);
  readonly getModifiedDate: FileService["getModifiedDate"] = (...args) =>
    this.#inner.getModifiedDate(...args);
  readonly deleteFile: FileService["deleteFile"] = (...args) => this.#inner.deleteFile(...args);
  readonly exists: FileService["exists"] = (...args) => this.#inner.exists(...args);
  readonly stat: FileService["stat"] = (...args) => this.#inner.stat(...args);
  readonly read: FileService["read"] = (...args) => this.#inner.read(...args);
  readonly list: FileService["list"] = (...args) => this.#inner.list(...args);
  readonly listDirectory: FileService["listDirectory"] = (...args) =>
    this.#inner.listDirectory(...args);
  readonly copy: FileService["copy"] = (...args) => this.#inner.copy(...args);
  readonly deleteMany: FileService["deleteMany"] = (...args) => this.#inner.deleteMany(...args);

  close(): Promise<void> {
    return this.#inner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
