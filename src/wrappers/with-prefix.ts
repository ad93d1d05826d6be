import { checkArgument, isStore } from "../core/check-options.ts";
import { isStorageError, StorageError } from "../core/errors.ts";
import { assertObjectKey } from "../core/object-key.ts";
import type { ListUploadsOptions, ListUploadsPage } from "../core/multipart-options.ts";
import type {
  CopySource,
  DeleteEntry,
  GetResult,
  ListOptions,
  ListPage,
  ListVersionsOptions,
  ListVersionsPage,
  ObjectHead,
  DeleteObjectsResult,
  ObjectStore,
  UploadAddress,
} from "../core/object-store.ts";
import type { PresignFormRequest, PresignRequest } from "../core/presigned-url.ts";
import { restateError } from "../core/restate-error.ts";
import { aroundCalls } from "./around-calls.ts";

/**
 * A subtree as if it were a bucket: keys are relative to `prefix`, in calls, listings and errors with
 * their messages (the whole ones stand in an error's `cause`), and
 * nothing outside of it can be reached, copies of other buckets' objects included. A prefix without its
 * `/` gets one, so that `runs/1` never means `runs/10`. A key and the prefix share S3's 1,024 bytes.
 *
 * @example
 * const mine = withPrefix(store, "teams/cells");
 * await mine.putObject("a.txt", Buffer.from("x")); // teams/cells/a.txt
 */
export function withPrefix(store: ObjectStore, prefix: string): ObjectStore {
  checkArgument("withPrefix", "the store", store, isStore);
  // Where paths are folders, `/` means the whole bucket.
  checkArgument("withPrefix", "the prefix", prefix, (value) =>
    typeof value === "string" && /[^/]/.test(value)
      ? undefined
      : "the name of a folder of the bucket",
  );
  const root = prefix.endsWith("/") ? prefix : `${prefix}/`;
  assertObjectKey(root, "withPrefix");
  const subtree = new Subtree(store.bucket, root);
  return aroundCalls(withinRoot(store, subtree), async ({ key }, run) => {
    try {
      return await run();
    } catch (error) {
      throw subtree.relativeError(error, key);
    }
  });
}

/** Each method with its keys made whole on the way in, and relative on the way out. */
function withinRoot(store: ObjectStore, at: Subtree): ObjectStore {
  return {
    bucket: store.bucket,
    location: store.location + at.root,
    capabilities: store.capabilities,
    putObject: (key, body, options) => store.putObject(at.whole(key, "PutObject"), body, options),
    getObject: async (key, options) =>
      at.read(await store.getObject(at.whole(key, "GetObject"), options)),
    headObject: async (key, options) =>
      at.head(await store.headObject(at.whole(key, "HeadObject"), options)),
    getObjectAttributes: (key, options) =>
      store.getObjectAttributes(at.whole(key, "GetObjectAttributes"), options),
    getObjectTags: (key, options) =>
      store.getObjectTags(at.whole(key, "GetObjectTagging"), options),
    deleteObject: (key, options) => store.deleteObject(at.whole(key, "DeleteObject"), options),
    deleteObjects: async (entries, options) => {
      const whole = Array.from(entries, (entry) => at.entry(entry, "DeleteObjects"));
      return at.deleted(await store.deleteObjects(whole, options));
    },
    copyObject: (source, key, options) =>
      store.copyObject(at.source(source), at.whole(key, "CopyObject"), options),
    listObjects: async (options) => at.page(await store.listObjects(at.listing(options))),
    listObjectVersions: async (options) =>
      at.versions(await store.listObjectVersions(at.versionListing(options))),
    createMultipartUpload: (key, options) =>
      store.createMultipartUpload(at.whole(key, "CreateMultipartUpload"), options),
    uploadPart: (part, body, options) =>
      store.uploadPart(at.entry(part, "UploadPart"), body, options),
    uploadPartCopy: (part, source, options) =>
      store.uploadPartCopy(at.entry(part, "UploadPartCopy"), at.source(source), options),
    completeMultipartUpload: (upload, parts, options) =>
      store.completeMultipartUpload(at.entry(upload, "CompleteMultipartUpload"), parts, options),
    abortMultipartUpload: (upload, options) =>
      store.abortMultipartUpload(at.entry(upload, "AbortMultipartUpload"), options),
    listParts: (upload, options) => store.listParts(at.entry(upload, "ListParts"), options),
    listMultipartUploads: async (options) =>
      at.uploads(await store.listMultipartUploads(at.uploadListing(options))),
    putObjectTags: (key, tags, options) =>
      store.putObjectTags(at.whole(key, "PutObjectTagging"), tags, options),
    deleteObjectTags: (key, options) =>
      store.deleteObjectTags(at.whole(key, "DeleteObjectTagging"), options),
    presignForm: (request) => store.presignForm(at.form(request)),
    presign: (request: PresignRequest) => store.presign(at.entry(request, "presign")),
    close: () => store.close(),
  };
}

class Subtree {
  readonly #bucket: string;
  readonly root: string;

  constructor(bucket: string, root: string) {
    this.#bucket = bucket;
    this.root = root;
  }

  /** An empty key would be the prefix itself. */
  whole(key: string, operation: string): string {
    assertObjectKey(key, operation);
    return this.root + key;
  }

  entry<T extends { readonly key: string }>(asked: T, operation: string): T {
    const entry = { ...asked };
    return { ...entry, key: this.whole(entry.key, operation) };
  }

  /** An empty key with any name behind it is any key of the subtree. */
  form(asked: PresignFormRequest): PresignFormRequest {
    const request = { ...asked };
    if (request.anyName === true) return { ...request, key: this.root + request.key };
    return this.entry(request, "presignForm");
  }

  source(source: CopySource): CopySource {
    // Of a copy: what it says when it is read again may be another bucket.
    const asked = { ...source };
    const { bucket = this.#bucket, key } = asked;
    if (bucket !== this.#bucket) {
      throw new StorageError(
        "NotSupported",
        `CopyObject: ${bucket} is another bucket, and this store is a folder of ${this.#bucket} alone.`,
        { operation: "CopyObject", bucket, key, remedy: "Copy by the store without its prefix." },
      );
    }
    return { ...asked, key: this.whole(key, "CopyObject") };
  }

  listing(options: ListOptions = {}): ListOptions {
    const { startAfter } = options;
    return {
      ...options,
      prefix: this.root + (options.prefix ?? ""),
      ...this.#named({ startAfter }),
    };
  }

  versionListing(options: ListVersionsOptions = {}): ListVersionsOptions {
    const { keyMarker } = options;
    return {
      ...options,
      prefix: this.root + (options.prefix ?? ""),
      ...this.#named({ keyMarker }),
    };
  }

  uploadListing(options: ListUploadsOptions = {}): ListUploadsOptions {
    const { keyMarker } = options;
    return {
      ...options,
      prefix: this.root + (options.prefix ?? ""),
      ...this.#named({ keyMarker }),
    };
  }

  #named<Name extends string>(
    marker: Record<Name, string | undefined>,
  ): Partial<Record<Name, string>> {
    const [[name, value] = []] = Object.entries<string | undefined>(marker);
    if (name === undefined || value === undefined) return {};
    return { [name]: this.root + value } as Record<Name, string>;
  }

  /** Without `rows`, whose keys are whole. */
  page({ objects, commonPrefixes, continuationToken }: ListPage): ListPage {
    return {
      objects: this.#relative(objects),
      commonPrefixes: this.#names(commonPrefixes),
      ...(continuationToken !== undefined && { continuationToken }),
    };
  }

  versions(page: ListVersionsPage): ListVersionsPage {
    return {
      ...page,
      versions: this.#relative(page.versions),
      commonPrefixes: this.#names(page.commonPrefixes),
      ...this.#marker(page.nextKeyMarker),
    };
  }

  uploads(page: ListUploadsPage): ListUploadsPage {
    return {
      ...page,
      uploads: this.#relative<UploadAddress & { readonly initiated: Date }>(page.uploads),
      commonPrefixes: this.#names(page.commonPrefixes),
      ...this.#marker(page.nextKeyMarker),
    };
  }

  #marker(nextKeyMarker: string | undefined): { nextKeyMarker?: string } {
    return nextKeyMarker === undefined ? {} : { nextKeyMarker: this.#strip(nextKeyMarker) };
  }

  read(result: GetResult): GetResult {
    return { ...result, head: this.head(result.head) };
  }

  head(head: ObjectHead): ObjectHead {
    return { ...head, key: this.#strip(head.key) };
  }

  deleted({ deleted, errors }: DeleteObjectsResult): DeleteObjectsResult {
    return {
      deleted: this.#relative(deleted),
      errors: this.#relative(errors).map((failure) => ({
        ...failure,
        message: this.#words(failure.message, failure.key),
      })),
    };
  }

  relativeError(error: unknown, key: string | undefined): unknown {
    if (!isStorageError(error) || error.key === undefined || key === undefined) return error;
    return restateError(error, {
      key: this.#strip(error.key),
      message: this.#words(error.message, key),
    });
  }

  #words(message: string, key: string): string {
    return message.replaceAll(this.root + key, key);
  }

  /** What a store lists beside what it was asked for is left out. */
  #relative<T extends DeleteEntry>(items: readonly T[]): T[] {
    return items
      .filter(({ key }) => key.startsWith(this.root) && key.length > this.root.length)
      .map((item) => ({ ...item, key: this.#strip(item.key) }));
  }

  #names(prefixes: readonly string[]): string[] {
    return prefixes.filter((name) => name.startsWith(this.root)).map((name) => this.#strip(name));
  }

  #strip(key: string): string {
    return key.startsWith(this.root) ? key.slice(this.root.length) : key;
  }
}
