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
  checkEntries,
  checkPart,
  checkPresign,
  checkPresignForm,
  checkSource,
  checkUpload,
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
    return this.#call("PutObject", options, putChecks, () =>
      putObject(this.#context, key, bytes, options),
    );
  }

  async getObject(key: string, options?: GetOptions): Promise<GetResult> {
    const result = await this.#call("GetObject", options, getChecks, () =>
      getObject(this.#context, key, options),
    );
    const pace = this.#context.pace?.bytes;
    return pace === undefined ? result : pacedAnswer(result, pace);
  }

  async headObject(key: string, options?: HeadOptions): Promise<ObjectHead> {
    return this.#call("HeadObject", options, headChecks, () =>
      headObject(this.#context, key, options),
    );
  }

  async getObjectAttributes(key: string, options?: VersionOptions): Promise<ObjectAttributes> {
    return this.#call("GetObjectAttributes", options, versionChecks, () =>
      getObjectAttributes(this.#context, key, options),
    );
  }

  async getObjectTags(key: string, options?: VersionOptions): Promise<ObjectTags> {
    return this.#call("GetObjectTagging", options, versionChecks, () =>
      getObjectTags(this.#context, key, options),
    );
  }

  async putObjectTags(key: string, tags: ObjectTags, options?: VersionOptions): Promise<void> {
    checkArgument("PutObjectTagging", "the tags", tags, isTags);
    return this.#call("PutObjectTagging", options, versionChecks, () =>
      putObjectTags(this.#context, key, tags, options),
    );
  }

  async deleteObjectTags(key: string, options?: VersionOptions): Promise<void> {
    return this.#call("DeleteObjectTagging", options, versionChecks, () =>
      deleteObjectTags(this.#context, key, options),
    );
  }

  async deleteObject(key: string, options?: DeleteOptions): Promise<DeleteResult> {
    return this.#call("DeleteObject", options, deleteChecks, () =>
      deleteObject(this.#context, key, options),
    );
  }

  async deleteObjects(
    entries: readonly DeleteEntry[],
    options?: CallOptions,
  ): Promise<DeleteObjectsResult> {
    checkEntries("DeleteObjects", "the entries", entries, entryChecks);
    return this.#call("DeleteObjects", options, callChecks, () =>
      deleteObjects(this.#context, entries, options),
    );
  }

  async copyObject(source: CopySource, key: string, options?: CopyOptions): Promise<PutResult> {
    checkSource("CopyObject", source);
    return this.#call("CopyObject", options, copyChecks, () =>
      copyObject(this.#context, source, key, options),
    );
  }

  async listObjects(options?: ListOptions): Promise<ListPage> {
    return this.#call("ListObjectsV2", options, listChecks, () =>
      listObjects(this.#context, options),
    );
  }

  async listObjectVersions(options?: ListVersionsOptions): Promise<ListVersionsPage> {
    return this.#call("ListObjectVersions", options, listVersionsChecks, () =>
      listObjectVersions(this.#context, options),
    );
  }

  async createMultipartUpload(key: string, options?: CreateUploadOptions): Promise<string> {
    return this.#call("CreateMultipartUpload", options, createUploadChecks, () =>
      createMultipartUpload(this.#context, key, options),
    );
  }

  async uploadPart(
    part: PartAddress,
    body: UploadBody,
    options?: UploadPartOptions,
  ): Promise<UploadedPart> {
    checkPart("UploadPart", part);
    const bytes = uploadBody("UploadPart", body);
    return this.#call("UploadPart", options, uploadPartChecks, () =>
      uploadPart(this.#context, part, bytes, options),
    );
  }

  async uploadPartCopy(
    part: PartAddress,
    source: CopySource,
    options?: CopyPartOptions,
  ): Promise<UploadedPart> {
    checkPart("UploadPartCopy", part);
    checkSource("UploadPartCopy", source);
    return this.#call("UploadPartCopy", options, copyPartChecks, () =>
      uploadPartCopy(this.#context, part, source, options),
    );
  }

  async completeMultipartUpload(
    upload: UploadAddress,
    parts: readonly UploadedPart[],
    options?: CompleteOptions,
  ): Promise<PutResult> {
    checkUpload("CompleteMultipartUpload", upload);
    checkEntries("CompleteMultipartUpload", "the parts", parts, partChecks);
    return this.#call("CompleteMultipartUpload", options, completeChecks, () =>
      completeMultipartUpload(this.#context, upload, parts, options),
    );
  }

  async abortMultipartUpload(upload: UploadAddress, options?: CallOptions): Promise<boolean> {
    checkUpload("AbortMultipartUpload", upload);
    return this.#call("AbortMultipartUpload", options, callChecks, () =>
      abortMultipartUpload(this.#context, upload, options),
    );
  }

  async listParts(upload: UploadAddress, options?: ListPartsOptions): Promise<ListPartsPage> {
    checkUpload("ListParts", upload);
    return this.#call("ListParts", options, listPartsChecks, () =>
      listParts(this.#context, upload, options),
    );
  }

  async listMultipartUploads(options?: ListUploadsOptions): Promise<ListUploadsPage> {
    return this.#call("ListMultipartUploads", options, listUploadsChecks, () =>
      listMultipartUploads(this.#context, options),
    );
  }

  async presign(request: PresignRequest): Promise<PresignedUrl> {
    checkPresign(request);
    return presign(this.#context, request);
  }

  async presignForm(request: PresignFormRequest): Promise<PresignedForm> {
    checkPresignForm(request);
    return presignForm(this.#context, request);
  }

  async close(): Promise<void> {
    this.#context.sender.close();
    return Promise.resolve();
  }

  /** One call: refused for what cannot be asked; and stopped, whatever noticed the stop first. */
  async #call<T, Options extends CallOptions>(
    operation: string,
    options: Options | undefined,
    checks: OptionChecks<Options>,
    work: () => Promise<T>,
  ): Promise<T> {
    checkOptions(operation, options, checks);
    try {
      return await work();
    } catch (error) {
      if (options?.signal?.aborted !== true || isStorageError(error, "Aborted")) throw error;
      throw abortedCall(operation, error);
    }
  }
}
