import type { Capabilities } from "../core/capabilities.ts";
import type {
  CallOptions,
  CompleteOptions,
  CopyOptions,
  CopyPartOptions,
  CopySource,
  CreateUploadOptions,
  DeleteEntry,
  DeleteObjectsResult,
  DeleteOptions,
  DeleteResult,
  GetOptions,
  GetResult,
  HeadOptions,
  ListOptions,
  ListPage,
  ListPartsOptions,
  ListPartsPage,
  ListUploadsOptions,
  ListUploadsPage,
  ListVersionsOptions,
  ListVersionsPage,
  ObjectAttributes,
  ObjectHead,
  ObjectStore,
  PartAddress,
  PresignedUrl,
  PresignRequest,
  PutOptions,
  PutResult,
  UploadAddress,
  UploadBody,
  UploadedPart,
  UploadPartOptions,
  VersionOptions,
} from "../core/object-store.ts";
import { abortMultipartUpload } from "./operations/abort-multipart-upload.ts";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { createMultipartUpload } from "./operations/create-multipart-upload.ts";
import { deleteObject } from "./operations/delete-object.ts";
import { deleteObjects } from "./operations/delete-objects.ts";
import { getObject } from "./operations/get-object.ts";
import { getObjectAttributes } from "./operations/get-object-attributes.ts";
import { headObject } from "./operations/head-object.ts";
import { listMultipartUploads } from "./operations/list-multipart-uploads.ts";
import { listObjects } from "./operations/list-objects.ts";
import { listObjectVersions } from "./operations/list-object-versions.ts";
import { listParts } from "./operations/list-parts.ts";
import { presign } from "./operations/presign.ts";
import { putObject } from "./operations/put-object.ts";
import type { StoreContext } from "./operations/store-context.ts";
import { uploadPart, uploadPartCopy } from "./operations/upload-part.ts";

/** ObjectStore over S3's wire protocol; one file per operation does the work. */
export class S3Store implements ObjectStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  get bucket(): string {
    return this.#context.bucket;
  }

  get capabilities(): Capabilities {
    return this.#context.capabilities;
  }

  async putObject(key: string, body: UploadBody, options?: PutOptions): Promise<PutResult> {
    return putObject(this.#context, key, body, options);
  }

  async getObject(key: string, options?: GetOptions): Promise<GetResult> {
    return getObject(this.#context, key, options);
  }

  async headObject(key: string, options?: HeadOptions): Promise<ObjectHead> {
    return headObject(this.#context, key, options);
  }

  async getObjectAttributes(key: string, options?: VersionOptions): Promise<ObjectAttributes> {
    return getObjectAttributes(this.#context, key, options);
  }

  async deleteObject(key: string, options?: DeleteOptions): Promise<DeleteResult> {
    return deleteObject(this.#context, key, options);
  }

  async deleteObjects(
    entries: readonly DeleteEntry[],
    options?: CallOptions,
  ): Promise<DeleteObjectsResult> {
    return deleteObjects(this.#context, entries, options);
  }

  async copyObject(source: CopySource, key: string, options?: CopyOptions): Promise<PutResult> {
    return copyObject(this.#context, source, key, options);
  }

  async listObjects(options?: ListOptions): Promise<ListPage> {
    return listObjects(this.#context, options);
  }

  async listObjectVersions(options?: ListVersionsOptions): Promise<ListVersionsPage> {
    return listObjectVersions(this.#context, options);
  }

  async createMultipartUpload(key: string, options?: CreateUploadOptions): Promise<string> {
    return createMultipartUpload(this.#context, key, options);
  }

  async uploadPart(
    part: PartAddress,
    body: UploadBody,
    options?: UploadPartOptions,
  ): Promise<UploadedPart> {
    return uploadPart(this.#context, part, body, options);
  }

  async uploadPartCopy(
    part: PartAddress,
    source: CopySource,
    options?: CopyPartOptions,
  ): Promise<UploadedPart> {
    return uploadPartCopy(this.#context, part, source, options);
  }

  async completeMultipartUpload(
    upload: UploadAddress,
    parts: readonly UploadedPart[],
    options?: CompleteOptions,
  ): Promise<PutResult> {
    return completeMultipartUpload(this.#context, upload, parts, options);
  }

  async abortMultipartUpload(upload: UploadAddress, options?: CallOptions): Promise<void> {
    return abortMultipartUpload(this.#context, upload, options);
  }

  async listParts(upload: UploadAddress, options?: ListPartsOptions): Promise<ListPartsPage> {
    return listParts(this.#context, upload, options);
  }

  async listMultipartUploads(options?: ListUploadsOptions): Promise<ListUploadsPage> {
    return listMultipartUploads(this.#context, options);
  }

  async presign(request: PresignRequest): Promise<PresignedUrl> {
    return presign(this.#context, request);
  }

  async close(): Promise<void> {
    this.#context.sender.close();
    return Promise.resolve();
  }
}
