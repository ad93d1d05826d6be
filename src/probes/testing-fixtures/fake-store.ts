import type { Capabilities } from "../../core/capabilities.ts";
import { StorageError } from "../../core/errors.ts";
import type { ListUploadsPage } from "../../core/multipart-options.ts";
import type {
  DeleteOptions,
  GetResult,
  ListPage,
  ListVersionsPage,
  ObjectAttributes,
  ObjectHead,
  ObjectStore,
  PartAddress,
  UploadAddress,
  UploadBody,
  UploadedPart,
} from "../../core/object-store.ts";

interface FakeVersion {
  readonly key: string;
  readonly versionId: string;
  readonly bytes: Buffer;
}

/** As much of a versioned bucket's data plane as the probes ask for, with failures by method. */
export class FakeStore {
  readonly versions: FakeVersion[] = [];
  /** Thrown by the method of this name. */
  readonly failures = new Map<string, Error>();
  readonly calls: string[] = [];
  /** Answers of 404 before a new object shows. */
  hiddenReads = 0;
  capabilities: Partial<Capabilities> = { versioning: "yes", objectAttributes: "yes" };
  /** Changes bytes on their way out. */
  spoil: (bytes: Buffer) => Buffer = (bytes) => bytes;
  readonly #parts = new Map<number, Buffer>();

  /** The probes use these members alone. */
  asStore(): ObjectStore {
    return this as unknown as ObjectStore;
  }

  async putObject(key: string, body: UploadBody) {
    this.#call("putObject");
    return this.#add(key, Buffer.from(body as Uint8Array));
  }

  async getObject(key: string): Promise<GetResult> {
    this.#call("getObject");
    const bytes = this.spoil(this.#find(key).bytes);
    return { head: this.#head(key), body: chunks(bytes) };
  }

  async headObject(key: string): Promise<ObjectHead> {
    this.#call("headObject");
    return this.#head(key);
  }

  async getObjectAttributes(key: string): Promise<ObjectAttributes> {
    this.#call("getObjectAttributes");
    return { sizeBytes: this.#find(key).bytes.length, etag: "x" };
  }

  async listObjects({ prefix = "" }: { prefix?: string }): Promise<ListPage> {
    this.#call("listObjects");
    const found = this.versions.filter(({ key }) => key.startsWith(prefix));
    const objects = found.map(({ key, bytes }) => ({
      key,
      sizeBytes: bytes.length,
      etag: "x",
      lastModified: new Date(0),
    }));
    return { objects, commonPrefixes: [] };
  }

  async listObjectVersions({ prefix }: { prefix: string }): Promise<ListVersionsPage> {
    this.#call("listObjectVersions");
    const versions = this.versions
      .filter(({ key }) => key.startsWith(prefix))
      .map(({ key, versionId }) => ({
        key,
        versionId,
        isLatest: true,
        isDeleteMarker: false,
        lastModified: new Date(0),
        sizeBytes: 1,
      }));
    return { versions, commonPrefixes: [] };
  }

  async deleteObject(key: string, options: DeleteOptions = {}) {
    this.#call(options.versionId === undefined ? "deleteObject" : "deleteObjectVersion");
    const at = this.versions.findIndex((version) => version.versionId === options.versionId);
    if (at !== -1) this.versions.splice(at, 1);
    return { deleteMarker: options.versionId === undefined };
  }

  async createMultipartUpload(): Promise<string> {
    this.#call("createMultipartUpload");
    return "upload-1";
  }

  async uploadPart(part: PartAddress, body: UploadBody): Promise<UploadedPart> {
    this.#call("uploadPart");
    const bytes = Buffer.from(body as Uint8Array);
    this.#parts.set(part.partNumber, bytes);
    return { partNumber: part.partNumber, etag: "x", sizeBytes: bytes.length };
  }

  async completeMultipartUpload(upload: UploadAddress, parts: readonly UploadedPart[]) {
    this.#call("completeMultipartUpload");
    const bytes = parts.map(({ partNumber }) => this.#parts.get(partNumber) ?? Buffer.alloc(0));
    return this.#add(upload.key, Buffer.concat(bytes));
  }

  async listMultipartUploads(): Promise<ListUploadsPage> {
    this.#call("listMultipartUploads");
    return { uploads: [], commonPrefixes: [] };
  }

  async abortMultipartUpload(): Promise<boolean> {
    this.#call("abortMultipartUpload");
    return true;
  }

  #call(method: string): void {
    this.calls.push(method);
    const failure = this.failures.get(method);
    if (failure !== undefined) throw failure;
  }

  #add(key: string, bytes: Buffer): { etag: string; versionId: string } {
    const versionId = `v${this.versions.length + 1}`;
    this.versions.push({ key, versionId, bytes });
    return { etag: "x", versionId };
  }

  #find(key: string): FakeVersion {
    const found = this.versions.find((version) => version.key === key);
    if (found === undefined || this.hiddenReads > 0) {
      this.hiddenReads -= found === undefined ? 0 : 1;
      throw new StorageError("NotFound", "The specified key does not exist.", { status: 404 });
    }
    return found;
  }

  #head(key: string): ObjectHead {
    const sizeBytes = this.#find(key).bytes.length;
    return { key, sizeBytes, etag: "x", lastModified: new Date(0), metadata: {} };
  }
}

/** In pieces that fit no part, as a network gives them. */
async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}
