import type {
  PresignedForm,
  PresignedUrl,
  PresignFormRequest,
  PresignRequest,
} from "../core/presigned-url.ts";
import type { Capabilities } from "../core/capabilities.ts";
import {
  type OptionChecks,
  callChecks,
  checkArgument,
  checkOptions,
  isTags,
  ownOptions,
} from "../core/check-options.ts";
import { isStorageError } from "../core/errors.ts";
import type {
  CompleteOptions,
  CopyPartOptions,
  CreateUploadOptions,
  ListPartsOptions,
  ListPartsPage,
  ListUploadsOptions,
  ListUploadsPage,
  UploadPartOptions,
} from "../core/multipart-options.ts";
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
} from "../core/object-store.ts";
import {
  takeEntries,
  takePart,
  takePresign,
  takePresignForm,
  takeSource,
  takeUpload,
  completeChecks,
  copyChecks,
  copyPartChecks,
  createUploadChecks,
  deleteChecks,
  entryChecks,
  getChecks,
  headChecks,
  listChecks,
  listPartsChecks,
  listUploadsChecks,
  listVersionsChecks,
  partChecks,
  putChecks,
  uploadBody,
  uploadPartChecks,
  versionChecks,
} from "./call-checks.ts";
import { abortedCall } from "../core/stopped-call.ts";
import type { StoreFacts } from "./late-store.ts";
import { abortMultipartUpload } from "./operations/abort-multipart-upload.ts";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { createMultipartUpload } from "./operations/create-multipart-upload.ts";
import { deleteObject } from "./operations/delete-object.ts";
import { deleteObjects } from "./operations/delete-objects.ts";
import { getObject } from "./operations/get-object.ts";
import { getObjectAttributes } from "./operations/get-object-attributes.ts";
import { getObjectTags } from "./operations/get-object-tags.ts";
import { headObject } from "./operations/head-object.ts";
import { listMultipartUploads } from "./operations/list-multipart-uploads.ts";
import { listObjects } from "./operations/list-objects.ts";
import { listObjectVersions } from "./operations/list-object-versions.ts";
import { listParts } from "./operations/list-parts.ts";
import { presign } from "./operations/presign.ts";
import { presignForm } from "./operations/presign-form.ts";
import { putObject } from "./operations/put-object.ts";
import { deleteObjectTags, putObjectTags } from "./operations/put-object-tags.ts";
import type { StoreContext } from "./operations/store-context.ts";
import { uploadPart, uploadPartCopy } from "./operations/upload-part.ts";
import { pacedAnswer } from "./store-pace.ts";

/** ObjectStore over S3's wire protocol; one file per operation does the work. */
export class S3Store implements ObjectStore {
  readonly #context: StoreContext & StoreFacts;

  constructor(context: StoreContext & StoreFacts) {
    this.#context = context;
  }

  get bucket(): string {
    return this.#context.bucket;
  }

  get location(): string {
    return this.#context.location;
  }

  get capabilities(): Capabilities {
    return this.#context.capabilities;
  }

  async putObject(key: string, body: UploadBody, options?: PutOptions): Promise<PutResult> {
    const bytes = uploadBody("PutObject", body);
    return this.#call("PutObject", options, putChecks, (given) =>
      putObject(this.#context, key, bytes, given),
    );
  }

  async getObject(key: string, options?: GetOptions): Promise<GetResult> {
    const result = await this.#call("GetObject", options, getChecks, (given) =>
      getObject(this.#context, key, given),
    );
    const pace = this.#context.pace?.bytes;
    return pace === undefined ? result : pacedAnswer(result, pace);
  }

  async headObject(key: string, options?: HeadOptions): Promise<ObjectHead> {
    return this.#call("HeadObject", options, headChecks, (given) =>
      headObject(this.#context, key, given),
    );
  }

  async getObjectAttributes(key: string, options?: VersionOptions): Promise<ObjectAttributes> {
    return this.#call("GetObjectAttributes", options, versionChecks, (given) =>
      getObjectAttributes(this.#context, key, given),
    );
  }

  async getObjectTags(key: string, options?: VersionOptions): Promise<ObjectTags> {
    return this.#call("GetObjectTagging", options, versionChecks, (given) =>
      getObjectTags(this.#context, key, given),
    );
  }

  async putObjectTags(key: string, tags: ObjectTags, options?: VersionOptions): Promise<void> {
    const taken = ownOptions(tags);
    checkArgument("PutObjectTagging", "the tags", taken, isTags);
    return this.#call("PutObjectTagging", options, versionChecks, (given) =>
      putObjectTags(this.#context, key, taken, given),
    );
  }

  async deleteObjectTags(key: string, options?: VersionOptions): Promise<void> {
    return this.#call("DeleteObjectTagging", options, versionChecks, (given) =>
      deleteObjectTags(this.#context, key, given),
    );
  }

  async deleteObject(key: string, options?: DeleteOptions): Promise<DeleteResult> {
    return this.#call("DeleteObject", options, deleteChecks, (given) =>
      deleteObject(this.#context, key, given),
    );
  }

  async deleteObjects(
    entries: readonly DeleteEntry[],
    options?: CallOptions,
  ): Promise<DeleteObjectsResult> {
    const taken = takeEntries("DeleteObjects", "the entries", entries, entryChecks);
    return this.#call("DeleteObjects", options, callChecks, (given) =>
      deleteObjects(this.#context, taken, given),
    );
  }

  async copyObject(source: CopySource, key: string, options?: CopyOptions): Promise<PutResult> {
    const from = takeSource("CopyObject", source);
    return this.#call("CopyObject", options, copyChecks, (given) =>
      copyObject(this.#context, from, key, given),
    );
  }

  async listObjects(options?: ListOptions): Promise<ListPage> {
    return this.#call("ListObjectsV2", options, listChecks, (given) =>
      listObjects(this.#context, given),
    );
  }

  async listObjectVersions(options?: ListVersionsOptions): Promise<ListVersionsPage> {
    return this.#call("ListObjectVersions", options, listVersionsChecks, (given) =>
      listObjectVersions(this.#context, given),
    );
  }

  async createMultipartUpload(key: string, options?: CreateUploadOptions): Promise<string> {
    return this.#call("CreateMultipartUpload", options, createUploadChecks, (given) =>
      createMultipartUpload(this.#context, key, given),
    );
  }

  async uploadPart(
    part: PartAddress,
    body: UploadBody,
    options?: UploadPartOptions,
  ): Promise<UploadedPart> {
    const place = takePart("UploadPart", part);
    const bytes = uploadBody("UploadPart", body);
    return this.#call("UploadPart", options, uploadPartChecks, (given) =>
      uploadPart(this.#context, place, bytes, given),
    );
  }

  async uploadPartCopy(
    part: PartAddress,
    source: CopySource,
    options?: CopyPartOptions,
  ): Promise<UploadedPart> {
    const place = takePart("UploadPartCopy", part);
    const from = takeSource("UploadPartCopy", source);
    return this.#call("UploadPartCopy", options, copyPartChecks, (given) =>
      uploadPartCopy(this.#context, place, from, given),
    );
  }

  async completeMultipartUpload(
    upload: UploadAddress,
    parts: readonly UploadedPart[],
    options?: CompleteOptions,
  ): Promise<PutResult> {
    const place = takeUpload("CompleteMultipartUpload", upload);
    const taken = takeEntries("CompleteMultipartUpload", "the parts", parts, partChecks);
    return this.#call("CompleteMultipartUpload", options, completeChecks, (given) =>
      completeMultipartUpload(this.#context, place, taken, given),
    );
  }

  async abortMultipartUpload(upload: UploadAddress, options?: CallOptions): Promise<boolean> {
    const place = takeUpload("AbortMultipartUpload", upload);
    return this.#call("AbortMultipartUpload", options, callChecks, (given) =>
      abortMultipartUpload(this.#context, place, given),
    );
  }

  async listParts(upload: UploadAddress, options?: ListPartsOptions): Promise<ListPartsPage> {
    const place = takeUpload("ListParts", upload);
    return this.#call("ListParts", options, listPartsChecks, (given) =>
      listParts(this.#context, place, given),
    );
  }

  async listMultipartUploads(options?: ListUploadsOptions): Promise<ListUploadsPage> {
    return this.#call("ListMultipartUploads", options, listUploadsChecks, (given) =>
      listMultipartUploads(this.#context, given),
    );
  }

  async presign(request: PresignRequest): Promise<PresignedUrl> {
    return presign(this.#context, takePresign(request));
  }

  async presignForm(request: PresignFormRequest): Promise<PresignedForm> {
    return presignForm(this.#context, takePresignForm(request));
  }

  async close(): Promise<void> {
    this.#context.sender.close();
    return Promise.resolve();
  }

  /**
   * One call, by an own copy of its options: refused for what cannot be asked; and stopped, whatever
   * noticed the stop first.
   */
  async #call<T, Options extends CallOptions>(
    operation: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    work: (given: Options | undefined) => Promise<T>,
  ): Promise<T> {
    const given = options === undefined ? undefined : ownOptions(options);
    checkOptions(operation, given, checks);
    try {
      return await work(given);
    } catch (error) {
      if (given?.signal?.aborted !== true || isStorageError(error, "Aborted")) throw error;
      throw abortedCall(operation, error);
    }
  }
}
