import type { ByteRange, ResolvedRange } from "./byte-range.ts";
import type { Capabilities } from "./capabilities.ts";
import type { ObjectBody } from "./object-body.ts";
import type { LinkMaker } from "./presigned-url.ts";
import type { CopiedExtras, ObjectExtras } from "./object-extras.ts";
import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "./checksum.ts";
import type { ListedRows } from "./listed-rows.ts";
import type {
  CompleteOptions,
  CopyPartOptions,
  CreateUploadOptions,
  ListPartsOptions,
  ListPartsPage,
  ListUploadsOptions,
  ListUploadsPage,
  UploadPartOptions,
} from "./multipart-options.ts";

/**
 * The data plane of one bucket. Implementations have no optional members; what a store cannot do
 * stands in `capabilities`, and calling it throws StorageError `NotSupported`.
 * All methods throw StorageError only. Keys are exact S3 keys.
 */
export interface ObjectStore extends LinkMaker {
  readonly bucket: string;
  /**
   * Tells what is in this store from what is in any other: an URL that ends in `/`, with the endpoint and
   * the bucket, behind which a key names one object of the world.
   */
  readonly location: string;
  readonly capabilities: Capabilities;
  /** One request; up to 5 GiB. */
  putObject(key: string, body: UploadBody, options?: PutOptions): Promise<PutResult>;
  /** Its head at once, its bytes as they are read. Throws NotFound. */
  getObject(key: string, options?: GetOptions): Promise<GetResult>;
  /** Throws NotFound. */
  headObject(key: string, options?: HeadOptions): Promise<ObjectHead>;
  /** Size, ETag, checksum and number of parts. Throws NotFound. */
  getObjectAttributes(key: string, options?: VersionOptions): Promise<ObjectAttributes>;
  /** Empty when there are none. Throws NotFound. */
  getObjectTags(key: string, options?: VersionOptions): Promise<ObjectTags>;
  /** Replaces all tags; no new version is made by it. */
  putObjectTags(key: string, tags: ObjectTags, options?: VersionOptions): Promise<void>;
  /** All of them. Throws NotFound. */
  deleteObjectTags(key: string, options?: VersionOptions): Promise<void>;
  /** Idempotent: deleting a missing key is a success, as in S3. */
  deleteObject(key: string, options?: DeleteOptions): Promise<DeleteResult>;
  /** At most 1,000 entries; failures come back per key, they do not throw. */
  deleteObjects(
    entries: readonly DeleteEntry[],
    options?: CallOptions,
  ): Promise<DeleteObjectsResult>;
  /** On the store's side; up to 5 GiB. */
  copyObject(source: CopySource, key: string, options?: CopyOptions): Promise<PutResult>;
  /** One page, in the order of the keys' UTF-8 bytes where the store keeps one. */
  listObjects(options?: ListOptions): Promise<ListPage>;
  /** One page. */
  listObjectVersions(options?: ListVersionsOptions): Promise<ListVersionsPage>;
  /** Begins an upload in parts, and answers its id. It takes room until it is completed or aborted. */
  createMultipartUpload(key: string, options?: CreateUploadOptions): Promise<string>;
  /** From 5 MiB to 5 GiB, the last one may be smaller. */
  uploadPart(
    part: PartAddress,
    body: UploadBody,
    options?: UploadPartOptions,
  ): Promise<UploadedPart>;
  /** A part whose bytes are those of an object. */
  uploadPartCopy(
    part: PartAddress,
    source: CopySource,
    options?: CopyPartOptions,
  ): Promise<UploadedPart>;
  /** Makes the object; until then nothing of it is to be seen. */
  completeMultipartUpload(
    upload: UploadAddress,
    parts: readonly UploadedPart[],
    options?: CompleteOptions,
  ): Promise<PutResult>;
  /** Idempotent. False: it was gone already. */
  abortMultipartUpload(upload: UploadAddress, options?: CallOptions): Promise<boolean>;
  /** One page of what an upload has. */
  listParts(upload: UploadAddress, options?: ListPartsOptions): Promise<ListPartsPage>;
  /** One page of the uploads that were begun and not ended. */
  listMultipartUploads(options?: ListUploadsOptions): Promise<ListUploadsPage>;

  /** Ends open requests with `Aborted`; later calls throw `Closed`. */
  close(): Promise<void>;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call with `Aborted`. */
  readonly signal?: AbortSignal;
  /** The whole call with its retries, in milliseconds. Default: none, each attempt has its own. */
  readonly timeoutMs?: number;
}

/** Which version is meant. */
export interface VersionOptions extends CallOptions {
  readonly versionId?: string;
}

/** Bytes to send. A source is opened anew for each attempt, so that retries need no buffering. */
export type UploadBody = Uint8Array | UploadSource;

/** Bytes that can be read again, of a length that is known. */
export interface UploadSource {
  readonly lengthBytes: number;
  /** From the first byte on. */
  open(): AsyncIterable<Uint8Array>;
}

/** Headers that S3 stores with an object and gives back. */
export interface ObjectHeaders {
  /** The media type. Of FileService's uploads by default the Blob's own, else by the names of file and key. */
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly cacheControl?: string;
  readonly expires?: string;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly storageClass?: string;
}

/** Names and values, at most `s3Limits.objectTags`. */
export type ObjectTags = Readonly<Record<string, string>>;

/** How the store encrypts what is written. */
export interface EncryptionOptions {
  /** Default: the header is not sent and the bucket's default applies. */
  readonly encryption?: "AES256" | { readonly kmsKeyId?: string };
}

/** Conditions that the store judges when it writes. */
export interface WriteConditions {
  /** Create only: fails with `AlreadyExists` when the key exists. */
  readonly ifAbsent?: boolean;
  /** Replace only this ETag: fails with `PreconditionFailed`. */
  readonly ifMatch?: string;
}

/** How to write an object in one request. */
export interface PutOptions extends CallOptions, ObjectHeaders, EncryptionOptions, WriteConditions {
  /**
   * `auto`: the dialect's choice. `none`: no checksum header. A value given is sent and checked by
   * the store. Default `auto`.
   */
  readonly checksum?: "auto" | "none" | ChecksumAlgorithm | ObjectChecksum;
  readonly tags?: ObjectTags;
}

/** What was written. */
export interface PutResult {
  /** With its quotes, as S3 sends it. */
  readonly etag: string;
  readonly versionId?: string;
  readonly checksum?: ObjectChecksum;
}

/** Conditions that the store judges when it reads. */
export interface ReadConditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: Date;
  readonly ifUnmodifiedSince?: Date;
}

/** Which version or part to look at. */
export interface HeadOptions extends VersionOptions, ReadConditions {
  readonly partNumber?: number;
  /**
   * Whether to ask for the stored checksum, which of an object under KMS only those are told who may
   * decrypt it: others get no answer at all. Default true.
   */
  readonly checksum?: boolean;
}

/** Which bytes to read. */
export interface GetOptions extends HeadOptions {
  readonly range?: ByteRange;
  /**
   * Whether the store checks a whole body against the checksum that came with it. False: the
   * caller does, as one that resumes broken bodies must. Default true.
   */
  readonly verify?: boolean;
}

/** An object without its bytes. */
export interface ObjectHead extends ObjectHeaders, ObjectExtras {
  readonly key: string;
  /** Of the whole object, also when a range was asked for. */
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly metadata: Readonly<Record<string, string>>;
  readonly versionId?: string;
  readonly checksum?: ObjectChecksum;
  readonly partsCount?: number;
  readonly encryption?: string;
  /** Of SSE-KMS. */
  readonly kmsKeyId?: string;
  /** How many tags there are; absent when there are none, or none that the caller may read. */
  readonly tagCount?: number;
}

/** An object that is being read. */
export interface GetResult {
  readonly head: ObjectHead;
  /** Set when the answer is partial. */
  readonly range?: ResolvedRange;
  /** Read it to the end or call its iterator's `return`; else the connection stays taken. */
  readonly body: ObjectBody;
}

/** What GetObjectAttributes tells of an object. */
export interface ObjectAttributes {
  readonly sizeBytes: number;
  /** Without quotes: S3 leaves them off here alone. */
  readonly etag: string;
  readonly checksum?: ObjectChecksum;
  readonly storageClass?: string;
  readonly partsCount?: number;
  readonly versionId?: string;
}

/** Which version to delete, and on which condition. */
export interface DeleteOptions extends VersionOptions {
  readonly ifMatch?: string;
}

/** What a deletion made or removed. */
export interface DeleteResult {
  readonly deleteMarker: boolean;
  readonly versionId?: string;
}

/** An object of a deletion of many. */
export interface DeleteEntry {
  readonly key: string;
  readonly versionId?: string;
}

/** What became of each of them. */
export interface DeleteObjectsResult {
  readonly deleted: readonly (DeleteEntry & DeleteResult)[];
  readonly errors: readonly (DeleteEntry & { readonly code: string; readonly message: string })[];
}

/** The object that is copied. */
export interface CopySource {
  /** Default: the store's own bucket. */
  readonly bucket?: string;
  readonly key: string;
  readonly versionId?: string;
  readonly ifMatch?: string;
}

/** What the copy has other than its source. */
export interface CopyOptions
  extends CallOptions, ObjectHeaders, EncryptionOptions, WriteConditions, CopiedExtras {
  /** `COPY` keeps the source's headers and metadata. Default `COPY`. */
  readonly metadataDirective?: "COPY" | "REPLACE";
  /** In place of the source's tags. Default: those of the source. */
  readonly tags?: ObjectTags;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
}

/** Which keys to list. */
export interface ListOptions extends CallOptions {
  readonly prefix?: string;
  readonly delimiter?: string;
  readonly startAfter?: string;
  readonly continuationToken?: string;
  /** 1 to 1,000. Default 1,000. */
  readonly maxKeys?: number;
}

/** An object as listings have it. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly storageClass?: string;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

/** Some keys of a listing. */
export interface ListPage {
  /** May be made when they are first asked for. */
  readonly objects: readonly ListedObject[];
  /** The same for who needs few of their values; absent where they are made already. */
  readonly rows?: ListedRows;
  readonly commonPrefixes: readonly string[];
  /** Set when there is more. */
  readonly continuationToken?: string;
}

/** Which versions to list. */
export interface ListVersionsOptions extends CallOptions {
  readonly prefix?: string;
  readonly delimiter?: string;
  readonly keyMarker?: string;
  readonly versionIdMarker?: string;
  readonly maxKeys?: number;
}

/** A version or delete marker as listings have it. */
export interface ListedVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified: Date;
  /** Zero for a delete marker. */
  readonly sizeBytes: number;
  readonly etag?: string;
  readonly storageClass?: string;
}

/** Some versions of a listing, those of a key from the newest on. */
export interface ListVersionsPage {
  readonly versions: readonly ListedVersion[];
  readonly commonPrefixes: readonly string[];
  readonly nextKeyMarker?: string;
  readonly nextVersionIdMarker?: string;
}

/** An upload in parts that was begun. */
export interface UploadAddress {
  readonly key: string;
  readonly uploadId: string;
}

/** One part of it. */
export interface PartAddress extends UploadAddress {
  /** 1 to 10,000. */
  readonly partNumber: number;
}

/** A part that the store has. */
export interface UploadedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly checksum?: ObjectChecksum;
}
