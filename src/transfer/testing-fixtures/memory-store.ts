import { createHash } from "node:crypto";
import zlib from "node:zlib";
import type { Capabilities } from "../../core/capabilities.ts";
import { StorageError, type StorageErrorDetails } from "../../core/errors.ts";
import type {
  CompleteOptions,
  CopyPartOptions,
  CreateUploadOptions,
  ListUploadsOptions,
  ListUploadsPage,
  ListPartsPage,
} from "../../core/multipart-options.ts";
import type {
  CopyOptions,
  DeleteEntry,
  DeleteObjectsResult,
  DeleteOptions,
  GetOptions,
  GetResult,
  ListOptions,
  ListPage,
  ObjectHead,
  ObjectHeaders,
  ObjectStore,
  ObjectTags,
  PutOptions,
  PutResult,
  UploadBody,
  UploadedPart,
} from "../../core/object-store.ts";
import { objectHeaders } from "../upload/object-headers.ts";

export interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly headers?: ObjectHeaders;
  readonly tags?: ObjectTags;
  /** What a HEAD says besides or instead: an object can be larger than memory. */
  readonly said?: Partial<ObjectHead>;
}

/** What is stored beside the bytes. */
type Stored = ObjectHeaders & { readonly tags?: ObjectTags };

/** Called before each operation with its name and key; throws to make it fail. */
export type Fault = (operation: string, key: string, call: number) => void | Promise<void>;

const capabilities: Capabilities = {
  overwrite: "yes",
  checksumHeaders: "yes",
  batchDelete: "yes",
  conditionalWrites: "yes",
  conditionalDeletes: "yes",
  versioning: "yes",
  objectAttributes: "yes",
  userMetadata: "yes",
  objectTags: "yes",
  serverSideEncryptionHeader: "yes",
  formUploads: "yes",
  sessionTokens: "yes",
  copyPart: "yes",
  orderedListing: "yes",
  etagIsMd5: "yes",
  equalParts: "no",
  addressing: "path",
  partSizeMultipleBytes: 1,
};

/** A store in memory whose every call can be made to fail, for tests of what is built on stores. */
export class MemoryStore implements Pick<
  ObjectStore,
  | "bucket"
  | "putObject"
  | "getObject"
  | "headObject"
  | "getObjectTags"
  | "deleteObject"
  | "deleteObjects"
  | "copyObject"
  | "listObjects"
  | "createMultipartUpload"
  | "uploadPart"
  | "uploadPartCopy"
  | "completeMultipartUpload"
  | "abortMultipartUpload"
  | "listMultipartUploads"
  | "listParts"
  | "close"
> {
  readonly bucket = "bkt";
  readonly capabilities: Capabilities;
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** By id, whether they are still open or not. */
  readonly begun = new Map<string, ListUploadsPage["uploads"][number]>();
  readonly stored = new Map<string, Stored>();
  /** `PutObject a/b`, in the order of the calls. */
  readonly log: string[] = [];
  readonly puts: PutOptions[] = [];
  readonly gets: GetOptions[] = [];
  readonly copies: CopyOptions[] = [];
  readonly deletes: DeleteOptions[] = [];
  readonly completions: CompleteOptions[] = [];
  pageSize = 1000;
  fault: Fault = () => undefined;
  /** What a GET's body becomes on its way. */
  bodyOf: (bytes: Buffer, call: number) => AsyncIterable<Uint8Array> = (bytes) => pieces(bytes);
  withChecksum = true;
  closed = false;

  constructor(changes: Partial<Capabilities> = {}) {
    this.capabilities = { ...capabilities, ...changes };
  }

  /** As the interface that the code under test takes; what is not here is not called by it. */
  asStore(): ObjectStore {
    return this as unknown as ObjectStore;
  }

  set(
    key: string,
    contents: string | Buffer,
    stored: Stored = {},
    said: Partial<ObjectHead> = {},
  ): void {
    const bytes = Buffer.from(contents);
    const { tags = {} } = stored;
    const headers = objectHeaders(stored);
    const etag = etagOf(bytes);
    this.objects.set(key, { bytes, etag, headers, tags, said });
  }

  text(key: string): string | undefined {
    return this.objects.get(key)?.bytes.toString();
  }

  async putObject(key: string, body: UploadBody, options: PutOptions = {}): Promise<PutResult> {
    await this.#enter("PutObject", key, options.signal);
    this.puts.push(options);
    this.set(key, await toBuffer(body), options);
    return { etag: this.#object(key).etag };
  }

  async getObjectTags(key: string): Promise<ObjectTags> {
    await this.#enter("GetObjectTagging", key);
    return this.#object(key).tags ?? {};
  }

  async headObject(key: string): Promise<ObjectHead> {
    await this.#enter("HeadObject", key);
    return this.#head(key);
  }

  async getObject(key: string, options: GetOptions = {}): Promise<GetResult> {
    await this.#enter("GetObject", key, options.signal);
    this.gets.push(options);
    const head = this.#head(key);
    if (options.ifMatch !== undefined && options.ifMatch !== head.etag) {
      throw failure("PreconditionFailed", { key, status: 412 });
    }
    const { bytes } = this.#object(key);
    const { range } = options;
    if (range === undefined) return { head, body: this.bodyOf(bytes, this.gets.length) };
    if ("suffixLength" in range) throw new Error("not used here");
    const last = Math.min(range.last ?? bytes.length - 1, bytes.length - 1);
    if (range.first > last) throw failure("RangeNotSatisfiable", { key, status: 416 });
    const part = bytes.subarray(range.first, last + 1);
    return {
      head,
      range: { first: range.first, last },
      body: this.bodyOf(part, this.gets.length),
    };
  }

  async deleteObject(key: string, options: DeleteOptions = {}): Promise<{ deleteMarker: boolean }> {
    await this.#enter("DeleteObject", key);
    this.deletes.push(options);
    this.objects.delete(key);
    return { deleteMarker: false };
  }

  async deleteObjects(entries: readonly DeleteEntry[]): Promise<DeleteObjectsResult> {
    await this.#enter("DeleteObjects", String(entries.length));
    for (const { key } of entries) this.objects.delete(key);
    return { deleted: entries.map((entry) => ({ ...entry, deleteMarker: false })), errors: [] };
  }

  async copyObject(
    source: { key: string; ifMatch?: string },
    key: string,
    options: CopyOptions = {},
  ): Promise<PutResult> {
    await this.#enter("CopyObject", key);
    this.copies.push(options);
    const { bytes, headers = {}, tags = {} } = this.#object(source.key);
    const { etag } = this.#head(source.key);
    if (source.ifMatch !== undefined && source.ifMatch !== etag) {
      throw failure("PreconditionFailed", { key: source.key, status: 412 });
    }
    const { storageClass: _, ...kept } = headers;
    const replaces = options.metadataDirective === "REPLACE";
    const asked = options.storageClass !== undefined && { storageClass: options.storageClass };
    const stored = replaces ? objectHeaders(options) : { ...kept, ...asked };
    this.set(key, bytes, { ...stored, tags: options.tags ?? tags });
    return { etag: this.#object(key).etag };
  }

  async listObjects(options: ListOptions = {}): Promise<ListPage> {
    await this.#enter("ListObjects", options.prefix ?? "", options.signal);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(options.prefix ?? ""));
    const start = Number(options.continuationToken ?? 0);
    const page = keys.slice(start, start + this.pageSize).map((key) => this.#head(key));
    const end = start + page.length;
    return {
      objects: page,
      commonPrefixes: [],
      ...(end < keys.length && { continuationToken: String(end) }),
    };
  }

  async createMultipartUpload(key: string, options: CreateUploadOptions = {}): Promise<string> {
    await this.#enter("CreateMultipartUpload", key);
    const uploadId = `u${this.stored.size}`;
    this.stored.set(uploadId, options);
    this.uploads.set(uploadId, new Map());
    this.begun.set(uploadId, { key, uploadId, initiated: new Date() });
    return uploadId;
  }

  async uploadPart(
    part: { key: string; uploadId: string; partNumber: number },
    body: UploadBody,
    options: { signal?: AbortSignal } = {},
  ): Promise<UploadedPart> {
    await this.#enter("UploadPart", String(part.partNumber), options.signal);
    const bytes = await toBuffer(body);
    this.uploads.get(part.uploadId)?.set(part.partNumber, bytes);
    return { partNumber: part.partNumber, etag: etagOf(bytes), sizeBytes: bytes.length };
  }

  /** Of the bytes that there are; the range may lie behind them. */
  async uploadPartCopy(
    part: { key: string; uploadId: string; partNumber: number },
    source: { key: string },
    options: CopyPartOptions = {},
  ): Promise<UploadedPart> {
    await this.#enter("UploadPartCopy", String(part.partNumber), options.signal);
    const { range } = options;
    const { bytes } = this.#object(source.key);
    const copied = range === undefined ? bytes : bytes.subarray(range.first, range.last + 1);
    this.uploads.get(part.uploadId)?.set(part.partNumber, copied);
    return { partNumber: part.partNumber, etag: etagOf(copied), sizeBytes: copied.length };
  }

  async completeMultipartUpload(
    upload: { key: string; uploadId: string },
    parts: readonly UploadedPart[],
    options: CompleteOptions = {},
  ): Promise<PutResult> {
    await this.#enter("CompleteMultipartUpload", upload.key);
    this.completions.push(options);
    const stored = this.uploads.get(upload.uploadId);
    const bytes = parts.map(({ partNumber }) => stored?.get(partNumber) ?? Buffer.alloc(0));
    this.set(upload.key, Buffer.concat(bytes), this.stored.get(upload.uploadId));
    this.uploads.delete(upload.uploadId);
    return { etag: this.#object(upload.key).etag };
  }

  async listMultipartUploads({ prefix = "" }: ListUploadsOptions = {}): Promise<ListUploadsPage> {
    await this.#enter("ListMultipartUploads", prefix);
    const open = [...this.uploads.keys()].flatMap((id) => this.begun.get(id) ?? []);
    const uploads = open.filter(({ key }) => key.startsWith(prefix));
    return { uploads: uploads.toSorted((a, b) => (a.key < b.key ? -1 : 1)), commonPrefixes: [] };
  }

  async abortMultipartUpload(upload: { key: string; uploadId: string }): Promise<boolean> {
    await this.#enter("AbortMultipartUpload", upload.key);
    return this.uploads.delete(upload.uploadId);
  }

  async listParts(
    upload: { key: string; uploadId: string },
    { partNumberMarker = 0 }: { partNumberMarker?: number } = {},
  ): Promise<ListPartsPage> {
    await this.#enter("ListParts", upload.key);
    const stored = this.uploads.get(upload.uploadId);
    if (stored === undefined) throw failure("NotFound", { status: 404, s3Code: "NoSuchUpload" });
    const parts = [...stored].map(([partNumber, bytes]) => ({
      partNumber,
      etag: etagOf(bytes),
      sizeBytes: bytes.length,
    }));
    const rest = parts
      .filter(({ partNumber }) => partNumber > partNumberMarker)
      .toSorted((a, b) => a.partNumber - b.partNumber);
    const page = rest.slice(0, this.pageSize);
    const last = page.at(-1)?.partNumber ?? 0;
    return { parts: page, ...(rest.length > page.length && { nextPartNumberMarker: last }) };
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  async #enter(operation: string, key: string, signal?: AbortSignal): Promise<void> {
    this.log.push(`${operation} ${key}`);
    const call = this.log.filter((entry) => entry.startsWith(`${operation} `)).length;
    await this.fault(operation, key, call);
    if (signal?.aborted === true) throw failure("Aborted", { key });
  }

  #object(key: string): StoredObject {
    const object = this.objects.get(key);
    if (object !== undefined) return object;
    throw failure("NotFound", { key, status: 404, s3Code: "NoSuchKey" });
  }

  #head(key: string): ObjectHead {
    const { bytes, etag, headers = {}, said } = this.#object(key);
    const crc32 = Buffer.alloc(4);
    crc32.writeUInt32BE(zlib.crc32(bytes));
    return {
      key,
      sizeBytes: bytes.length,
      etag,
      lastModified: new Date("2026-11-23T10:00:00Z"),
      ...headers,
      metadata: headers.metadata ?? {},
      ...(this.withChecksum && {
        checksum: {
          algorithm: "CRC32",
          type: "FULL_OBJECT",
          value: crc32.toString("base64"),
        },
      }),
      ...said,
    };
  }
}

export function failure(
  code: ConstructorParameters<typeof StorageError>[0],
  details: StorageErrorDetails = {},
): StorageError {
  return new StorageError(code, `Made to fail: ${code}.`, { bucket: "bkt", ...details });
}

/** Chunks as they come from a socket. */
export async function* pieces(bytes: Buffer, chunkBytes = 65_536): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    yield bytes.subarray(start, start + chunkBytes);
  }
}

/** A body that breaks off after so many bytes. */
export async function* broken(bytes: Buffer, afterBytes: number): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes.subarray(0, afterBytes));
  throw failure("Unavailable", { retryable: true });
}

async function toBuffer(body: UploadBody): Promise<Buffer> {
  // Copied, since the caller may use its buffer again once this returns.
  if (body instanceof Uint8Array) return Buffer.from(Uint8Array.from(body));
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function etagOf(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}
