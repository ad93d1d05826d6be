import type { Capabilities } from "../../core/capabilities.ts";
import {
  callChecks,
  type Check,
  checkArgument,
  checkOptions,
  isTags,
  type OptionChecks,
  ownOptions,
} from "../../core/check-options.ts";
import { StorageError } from "../../core/errors.ts";
import { LiveList } from "../../core/live-list.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type {
  CompleteOptions,
  CopyPartOptions,
  CreateUploadOptions,
  ListPartsOptions,
  ListPartsPage,
  ListUploadsOptions,
  ListUploadsPage,
  UploadPartOptions,
} from "../../core/multipart-options.ts";
import type {
  CallOptions,
  CopyOptions,
  CopySource,
  DeleteEntry,
  DeleteObjectsResult,
  DeleteOptions,
  DeleteResult,
  GetOptions,
  GetResult,
  HeadOptions,
  ListOptions,
  ListPage,
  ListVersionsOptions,
  ListVersionsPage,
  ObjectAttributes,
  ObjectHead,
  ObjectStore,
  ObjectTags,
  PartAddress,
  PutOptions,
  PutResult,
  UploadAddress,
  UploadBody,
  UploadedPart,
  VersionOptions,
} from "../../core/object-store.ts";
import * as checks from "../../client/call-checks.ts";
import { CallScope } from "../../client/call-scope.ts";
import { bareEtag } from "../../protocol/headers/etag.ts";
import { listObjects, listUploads, listVersions } from "./kept-listings.ts";
import {
  copyObject,
  deleteObject,
  findVersion,
  getObject,
  headObject,
  putObject,
  setTags,
} from "./kept-objects.ts";
import {
  abortUpload,
  completeUpload,
  createUpload,
  listParts,
  uploadPart,
  uploadPartCopy,
} from "./kept-uploads.ts";
import { notSupported } from "./refusal.ts";
import type { StoreContext } from "./store-context.ts";

/** The data plane of a bucket that lives in this process: S3's rules over a shelf. */
export class KeptStore implements ObjectStore {
  readonly #context: StoreContext;
  readonly #running = new LiveList<CallScope>();
  #isClosed = false;
  readonly capabilities: Capabilities;
  readonly location: string;

  constructor(context: StoreContext, capabilities: Capabilities) {
    this.#context = context;
    this.capabilities = capabilities;
    this.location = context.location;
  }

  get bucket(): string {
    return this.#context.bucket;
  }

  async putObject(key: string, body: UploadBody, options: PutOptions = {}): Promise<PutResult> {
    const bytes = checks.uploadBody("PutObject", body);
    return this.#onKey("PutObject", key, options, checks.putChecks, (given) =>
      putObject(this.#context, key, bytes, given),
    );
  }

  async getObject(key: string, options: GetOptions = {}): Promise<GetResult> {
    return this.#onKey("GetObject", key, options, checks.getChecks, (given) =>
      getObject(this.#context, key, given),
    );
  }

  async headObject(key: string, options: HeadOptions = {}): Promise<ObjectHead> {
    return this.#onKey("HeadObject", key, options, checks.headChecks, (given) =>
      headObject(this.#context, key, given),
    );
  }

  async getObjectAttributes(key: string, options: VersionOptions = {}): Promise<ObjectAttributes> {
    const operation = "GetObjectAttributes";
    const call = { operation, bucket: this.bucket, key };
    return this.#onKey(operation, key, options, checks.versionChecks, async (given) => {
      const version = await findVersion(this.#context, call, given.versionId);
      const { etag, bytes, checksum, headers, partSizes, versionId } = version;
      return {
        sizeBytes: bytes.sizeBytes,
        etag: bareEtag(etag),
        storageClass: headers.storageClass ?? "STANDARD",
        // S3 leaves the number of parts off here.
        ...(checksum && { checksum: { ...checksum, value: checksum.value.replace(/-\d+$/, "") } }),
        ...(partSizes !== undefined && { partsCount: partSizes.length }),
        ...(this.#context.isVersioned && { versionId }),
      };
    });
  }

  async getObjectTags(key: string, options: VersionOptions = {}): Promise<ObjectTags> {
    const call = { operation: "GetObjectTagging", bucket: this.bucket, key };
    return this.#onKey(call.operation, key, options, checks.versionChecks, async (given) => {
      const { tags } = await findVersion(this.#context, call, given.versionId);
      return { ...tags };
    });
  }

  async putObjectTags(key: string, tags: ObjectTags, options: VersionOptions = {}): Promise<void> {
    const operation = "PutObjectTagging";
    const taken = ownOptions(tags);
    checkArgument(operation, "the tags", taken, isTags);
    return this.#onKey(operation, key, options, checks.versionChecks, (given) =>
      setTags(this.#context, { operation, bucket: this.bucket, key }, taken, given),
    );
  }

  async deleteObjectTags(key: string, options: VersionOptions = {}): Promise<void> {
    const operation = "DeleteObjectTagging";
    return this.#onKey(operation, key, options, checks.versionChecks, (given) =>
      setTags(this.#context, { operation, bucket: this.bucket, key }, {}, given),
    );
  }

  async deleteObject(key: string, options: DeleteOptions = {}): Promise<DeleteResult> {
    return this.#onKey("DeleteObject", key, options, checks.deleteChecks, (given) =>
      deleteObject(this.#context, key, given),
    );
  }

  async deleteObjects(
    entries: readonly DeleteEntry[],
    options: CallOptions = {},
  ): Promise<DeleteObjectsResult> {
    const operation = "DeleteObjects";
    const taken = checks.takeEntries(operation, "the entries", entries, checks.entryChecks);
    for (const { key } of taken) assertObjectKey(key, operation);
    return this.#call(operation, options, callChecks, async () => {
      const deleted: (DeleteEntry & DeleteResult)[] = [];
      for (const entry of taken) {
        const { key, versionId } = entry;
        const version = versionId === undefined ? {} : { versionId };
        deleted.push({ key, ...(await deleteObject(this.#context, key, version)) });
      }
      return { deleted, errors: [] };
    });
  }

  async copyObject(source: CopySource, key: string, options: CopyOptions = {}): Promise<PutResult> {
    const from = checks.takeSource("CopyObject", source);
    return this.#onKey("CopyObject", key, options, checks.copyChecks, (given) =>
      copyObject(this.#context, from, key, given),
    );
  }

  async listObjects(options: ListOptions = {}): Promise<ListPage> {
    return this.#call("ListObjectsV2", options, checks.listChecks, (given) =>
      listObjects(this.#context.shelf, given),
    );
  }

  async listObjectVersions(options: ListVersionsOptions = {}): Promise<ListVersionsPage> {
    return this.#call("ListObjectVersions", options, checks.listVersionsChecks, (given) =>
      listVersions(this.#context.shelf, given),
    );
  }

  async createMultipartUpload(key: string, options: CreateUploadOptions = {}): Promise<string> {
    return this.#onKey("CreateMultipartUpload", key, options, checks.createUploadChecks, (given) =>
      createUpload(this.#context, key, given),
    );
  }

  async uploadPart(
    part: PartAddress,
    body: UploadBody,
    options: UploadPartOptions = {},
  ): Promise<UploadedPart> {
    const place = checks.takePart("UploadPart", part);
    const bytes = checks.uploadBody("UploadPart", body);
    return this.#onKey("UploadPart", place.key, options, checks.uploadPartChecks, (given) =>
      uploadPart(this.#context, place, bytes, given),
    );
  }

  async uploadPartCopy(
    part: PartAddress,
    source: CopySource,
    options: CopyPartOptions = {},
  ): Promise<UploadedPart> {
    const place = checks.takePart("UploadPartCopy", part);
    const from = checks.takeSource("UploadPartCopy", source);
    return this.#onKey("UploadPartCopy", place.key, options, checks.copyPartChecks, (given) =>
      uploadPartCopy(this.#context, place, from, given),
    );
  }

  async completeMultipartUpload(
    upload: UploadAddress,
    parts: readonly UploadedPart[],
    options: CompleteOptions = {},
  ): Promise<PutResult> {
    const operation = "CompleteMultipartUpload";
    const place = checks.takeUpload(operation, upload);
    const taken = checks.takeEntries(operation, "the parts", parts, checks.partChecks);
    return this.#onKey(operation, place.key, options, checks.completeChecks, (given) =>
      completeUpload(this.#context, place, taken, given),
    );
  }

  async abortMultipartUpload(upload: UploadAddress, options: CallOptions = {}): Promise<boolean> {
    const place = checks.takeUpload("AbortMultipartUpload", upload);
    return this.#onKey("AbortMultipartUpload", place.key, options, callChecks, () =>
      abortUpload(this.#context, place),
    );
  }

  async listParts(upload: UploadAddress, options: ListPartsOptions = {}): Promise<ListPartsPage> {
    const place = checks.takeUpload("ListParts", upload);
    return this.#onKey("ListParts", place.key, options, checks.listPartsChecks, (given) =>
      listParts(this.#context, place, given),
    );
  }

  async listMultipartUploads(options: ListUploadsOptions = {}): Promise<ListUploadsPage> {
    return this.#call("ListMultipartUploads", options, checks.listUploadsChecks, (given) =>
      listUploads(this.#context.shelf, given),
    );
  }

  presign(): ReturnType<ObjectStore["presign"]> {
    return Promise.reject(this.#noAddress("Presign"));
  }

  presignForm(): ReturnType<ObjectStore["presignForm"]> {
    return Promise.reject(this.#noAddress("PresignForm"));
  }

  #noAddress(operation: string): StorageError {
    const remedy = "Start an embedded server (startTestServer) where links matter.";
    const call = { operation, bucket: this.bucket };
    return notSupported(call, "this store has no address for a link.", remedy);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const scope of this.#running.takeAll()) scope.cancel("closed");
    return Promise.resolve();
  }

  async #onKey<T, Options extends CallOptions>(
    operation: string,
    key: string,
    options: Options,
    optionChecks: OptionChecks<Options>,
    work: (given: Options) => Promise<T>,
  ): Promise<T> {
    assertObjectKey(key, operation);
    return this.#call(operation, options, optionChecks, work);
  }

  async #call<T, Options extends CallOptions>(
    operation: string,
    options: Options,
    optionChecks: OptionChecks<Options>,
    work: (given: Options) => Promise<T>,
  ): Promise<T> {
    const given = ownOptions(options);
    checkOptions(operation, given, optionChecks);
    const { bucket } = this;
    if (this.#isClosed) {
      throw new StorageError("Closed", `${operation}: the store is closed.`, { operation, bucket });
    }
    const scope = new CallScope(given, this.#running);
    try {
      return await scope.waitFor(work(given));
    } catch (error) {
      throw scope.cancellation === undefined ? error : scope.error(operation, { bucket });
    } finally {
      scope.end();
    }
  }
}

/** For an option that names a bucket. */
export const isBucketName: Check = (value) =>
  typeof value === "string" && value !== "" && !value.includes("/")
    ? undefined
    : "the name of a bucket";
