import type { Disk } from "./disk.ts";
import type { ResolvedRange } from "../core/byte-range.ts";
import type { SettingDocuments, Tag, WritableSetting } from "../core/bucket-settings.ts";
import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "../core/checksum.ts";
import type { ListedObjects } from "../protocol/documents/listings/stored-entry.ts";
import type {
  ListBucketsOptions,
  ListAnswer,
  ListEnd,
  ListedVersionRecord,
  ListQuery,
  ListUploadsQuery,
  ListVersionsQuery,
} from "./list-queries.ts";
import type { ObjectContent } from "./object-content.ts";
import type { ObjectEncryption } from "./object-encryption.ts";
import type { Records, Secrets } from "./records.ts";
import type { EngineStatus } from "./engine-status.ts";
import type { StoreSnapshots } from "./store-snapshots.ts";
import type { ScrubOptions, ScrubReport } from "./scrub.ts";
import type { StoreMeasure } from "./store-measure.ts";

/**
 * The embedded store: buckets, versions and multipart uploads on one machine. It knows S3's rules of
 * state (what a delete marker is, when a bucket is not empty) and nothing of HTTP, signatures or
 * permissions. Rules broken by a caller throw the protocol's `S3Error`, NoSuchBucket for a start. A full
 * disk throws `S3Error` 503 `ServiceUnavailable`, a failing one 500 `InternalError`; both leave every
 * acknowledged object intact. After a failed flush, writes are refused and reads go on
 * (`EngineStatus.readOnlyReason`).
 *
 * A promise of a changing call resolves only when the change is on disk (see `durability`).
 */
export interface Engine {
  // Buckets. Reads are synchronous: the index is memory-mapped.
  createBucket(input: NewBucket): Promise<BucketRecord>;
  getBucket(name: string): BucketRecord | undefined;
  /** In name order, names after `after`. */
  listBuckets(options?: ListBucketsOptions): BucketRecord[];
  /** One atomic read-modify-write. Throws NoSuchBucket. */
  updateBucketSettings(
    name: string,
    change: (settings: BucketSettings) => BucketSettings,
  ): Promise<BucketRecord>;
  /** Throws BucketNotEmpty while an object, version, marker is left. Open uploads are aborted. */
  deleteBucket(name: string): Promise<void>;

  // Bytes. First staged (nothing visible), then published by putObject or putPart.
  /**
   * Reads the source to its end, hashing on the way. Bytes go to memory up to
   * `serverLimits.inlineBytes`, else to a file which is flushed by the time this resolves.
   * When the source throws, the staged bytes are gone and the error comes through.
   */
  stage(source: AsyncIterable<Uint8Array>, options?: StageOptions): Promise<StagedBlob>;

  // Objects.
  putObject(input: PutObjectInput): Promise<ObjectRecord>;
  /**
   * The version asked for, or the latest. A delete marker comes back as a record with
   * `deleteMarker: true`. Undefined: no such key or version.
   */
  getObject(bucket: string, key: string, versionId?: string): ObjectRecord | undefined;
  /**
   * The object's bytes; they cannot vanish until the iterator has ended or its `return` was called.
   * Call it to iterate: an iterator that is dropped keeps a deleted object's file until the next open.
   * Throws NoSuchKey when the object was deleted since its record was read, and AccessDenied when it
   * was stored with a data key and that is not given.
   */
  read(record: ObjectRecord, range?: ResolvedRange, dataKey?: Buffer): ObjectContent;
  /**
   * Throws S3Error InternalError when a file of the object is missing or too short, which a read
   * would meet later. Looks at no bytes.
   */
  assertPresent(record: ObjectRecord, range?: ResolvedRange): Promise<void>;
  /** Reads every file of objects and compares its bytes with their checksums. */
  scrub(options?: ScrubOptions): Promise<ScrubReport>;
  /**
   * A new record that shares the source's bytes, or has them encrypted anew where either side has a data
   * key. Conditions are those of the destination. The ETag is the MD5 of the bytes unless given; the
   * checksum is the caller's affair.
   */
  copyObject(
    source: ObjectRecord,
    input: Omit<PutObjectInput, "staged">,
    keys?: CopyKeys,
  ): Promise<ObjectRecord>;
  deleteObject(input: DeleteObjectInput): Promise<DeleteOutcome>;
  /** Many deletes in one transaction; per-key failures come back as values, in input order. */
  deleteObjects(inputs: readonly DeleteObjectInput[]): Promise<(DeleteOutcome | Error)[]>;
  /** Replaces tags of one version without making a new one. */
  setObjectTags(address: VersionAddress, tags: readonly Tag[]): Promise<ObjectRecord>;
  /** Lets the bytes of an archived version be read until then. */
  setRestoredUntil(address: VersionAddress, until: Date): Promise<ObjectRecord>;

  // Listings, in UTF-8 byte order, cost in proportion to the answer.
  listObjects(query: ListQuery): ListAnswer<ObjectRecord>;
  /** As `listObjects`, handing each object over as it is stored, at a fifth of the cost. */
  writeObjects(query: ListQuery, target: ListedObjects): ListEnd;
  listVersions(query: ListVersionsQuery): ListAnswer<ListedVersionRecord>;
  /**
   * What `make` makes, or made under this name when nothing has changed in the store since. It may tell
   * nothing but what is in the index and in its name. Nobody may write to it.
   */
  keptAnswer(name: string, make: () => Uint8Array): Uint8Array;

  // Multipart uploads.
  createUpload(input: NewUpload): Promise<UploadRecord>;
  /** Throws NoSuchUpload. */
  getUpload(bucket: string, key: string, uploadId: string): UploadRecord;
  putPart(address: PartAddress, staged: StagedBlob): Promise<PartRecord>;
  /** A part made from bytes of an object. Shares blobs where it can, as `copyObject` does. */
  copyPart(
    address: PartAddress,
    source: ObjectRecord,
    range?: ResolvedRange,
    keys?: CopyKeys,
  ): Promise<PartRecord>;
  listParts(
    bucket: string,
    key: string,
    uploadId: string,
    after: number,
    limit: number,
  ): PartRecord[];
  listUploads(query: ListUploadsQuery): ListAnswer<UploadRecord>;
  /**
   * Publishes the parts as one object, with no copying. Throws InvalidPart, EntityTooSmall, ...
   * The same completion again within a day gives the same object, while that is there.
   */
  completeUpload(input: CompleteUploadInput): Promise<ObjectRecord>;
  /**
   * Throws NoSuchUpload. `onlyIf` is judged in the write transaction; when false, the upload stays
   * and PreconditionFailed is thrown.
   */
  abortUpload(
    bucket: string,
    key: string,
    uploadId: string,
    onlyIf?: (settings: BucketSettings) => boolean,
  ): Promise<void>;

  /** State of the services beside S3, such as keys and identities; as durable as objects. */
  readonly records: Records;
  /** For what records must not show: encrypts under the store's master key, and undoes it. */
  readonly secrets: Secrets;

  /** All that the store holds, kept and brought back; for tests. */
  readonly snapshots: StoreSnapshots;

  /** Facts for `sms-storage server` and health endpoints. */
  status(): EngineStatus;
  /** Looks at the disk, for health endpoints. */
  measure(): Promise<StoreMeasure>;
  close(): Promise<void>;
}

export type Durability = "durable" | "relaxed" | "memory";

export interface EngineOptions {
  /** Absent with `durability: "memory"`. */
  readonly directory?: string;
  /**
   * `durable` (default): acknowledged means flushed to the disk. `relaxed`: flushed within 100 ms;
   * a power cut may undo the last transaction before that, and leaves the store sound.
   * `memory`: nothing is kept (a temporary directory, removed on close).
   */
  readonly durability?: Durability;
  readonly now?: () => Date;
  readonly disk?: Disk;
  /** Where the master key is kept. Default: in the data folder. */
  readonly masterKeyFile?: string;
}

export interface NewBucket {
  readonly name: string;
  readonly region: string;
  readonly ownerAccountId: string;
  readonly settings?: BucketSettings;
}

export interface BucketRecord {
  readonly name: string;
  readonly region: string;
  readonly ownerAccountId: string;
  readonly createdAt: Date;
  readonly settings: BucketSettings;
}

/** A missing entry is "never set" or "deleted". */
export type BucketSettings = Partial<Pick<SettingDocuments, WritableSetting>>;

export interface StageOptions {
  /** Computed over the bytes beside MD5. */
  readonly checksums?: readonly ChecksumAlgorithm[];
  /** A hint; when right, the space is checked before the first byte. */
  readonly expectedBytes?: number | undefined;
  /** 32 bytes with which they are encrypted. Default: the store's own key. */
  readonly dataKey?: Buffer | undefined;
}

/** Data keys of the two sides of a copy, where they have any. */
export interface CopyKeys {
  readonly source?: Buffer;
  readonly target?: Buffer;
}

export interface StagedBlob {
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
  /** Base64, whole-object. */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
  /** Deletes the staged bytes; does nothing once they are published. */
  discard(): Promise<void>;
}

/** What S3 stores beside the bytes. Header names in lower case as on the wire. */
export interface ObjectAttributes {
  /** `content-type`, `cache-control`, ... as sent; `content-type` has its default already. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[] | undefined;
  readonly storageClass?: string | undefined;
  readonly encryption: ObjectEncryption;
}

/** Judged inside the write transaction, so that two writers cannot both win. */
export interface WriteCondition {
  /** Header that set it, for the error's `Condition`. */
  readonly ifNoneMatchAny?: boolean;
  readonly ifMatch?: string;
}

export interface PutObjectInput extends ObjectAttributes {
  readonly bucket: string;
  readonly key: string;
  readonly staged: StagedBlob;
  readonly checksum?: ObjectChecksum | undefined;
  /** Default: the MD5. */
  readonly etag?: string | undefined;
  readonly condition?: WriteCondition | undefined;
}

export interface ObjectRecord extends ObjectAttributes {
  readonly bucket: string;
  readonly key: string;
  /** `null` is S3's id for versions made without versioning. */
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum?: ObjectChecksum;
  /** Only for archived objects that were restored, and perhaps over. */
  readonly restoredUntil?: Date;
  /** Only for objects made by CompleteMultipartUpload. Listings leave it out. */
  readonly parts?: readonly ObjectPart[];
  /** Where the bytes are; the engine's own affair. */
  readonly content: unknown;
}

export interface ObjectPart {
  readonly partNumber: number;
  readonly sizeBytes: number;
  readonly checksum?: string;
}

export interface VersionAddress {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

export interface DeleteObjectInput extends VersionAddress {
  readonly ifMatch?: string;
  /**
   * Judged in the write transaction, perhaps more than once; must be quick. When it is false or
   * there is nothing to delete, nothing changes and PreconditionFailed is thrown.
   */
  readonly onlyIf?: (state: DeleteState) => boolean;
}

/** What a delete would meet. */
export interface DeleteState {
  readonly settings: BucketSettings;
  /** The version asked for, or the latest. May be a delete marker. */
  readonly target: ObjectRecord;
  /** All versions of the key, newest first; costs as many reads as are taken. */
  versions(): Iterable<ObjectRecord>;
}

export interface DeleteOutcome {
  /** True when a marker was made, or when the version deleted was one. */
  readonly deleteMarker: boolean;
  /** Of the marker made or of the version deleted; absent on buckets without versioning. */
  readonly versionId?: string;
}

export interface NewUpload extends ObjectAttributes {
  readonly bucket: string;
  readonly key: string;
  readonly initiatorArn: string;
  readonly checksum?: UploadChecksum;
}

/** How the parts and the object are summed. */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** The client named none, so that nothing of it shows before the object is there. */
  readonly unasked?: boolean;
}

export interface UploadRecord extends NewUpload {
  readonly uploadId: string;
  readonly initiatedAt: Date;
}

export interface PartAddress {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly partNumber: number;
}

export interface PartRecord {
  readonly partNumber: number;
  readonly sizeBytes: number;
  /** MD5, hex. */
  readonly etag: string;
  readonly lastModified: Date;
  /** Base64, by the upload's algorithm. */
  readonly checksum?: string;
}

export interface CompleteUploadInput {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly {
    readonly partNumber: number;
    readonly etag: string;
    readonly checksum?: string;
  }[];
  /** What the client expects of the whole object; checked. */
  readonly checksum?: string;
  readonly objectSizeBytes?: number;
  readonly condition?: WriteCondition;
}
