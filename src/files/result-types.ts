import type { ChecksumAlgorithm, ChecksumType, ObjectChecksum } from "../core/checksum.ts";
import type { CallOptions } from "../core/object-store.ts";
import type { WebByteStream } from "../core/web-byte-stream.ts";
import type { CountProgress } from "./prefix-types.ts";

/** What was stored. */
export interface UploadResult {
  /** The whole key in the bucket. */
  readonly Key: string;
  /** With its quotes, as the store sends it. */
  readonly ETag: string;
  /** Bytes. */
  readonly Size: number;
  /** On buckets with versioning. */
  readonly VersionId?: string;
  /** As the store keeps it; absent where it takes none. */
  readonly checksum?: ObjectChecksum;
}

export interface ListingOptions extends CallOptions {
  /** Default `directory`: `a/b` lists below `a/b/`. `raw`: every key that begins so. */
  readonly prefixMode?: "directory" | "raw";
  /** Zero-byte objects whose key ends in `/`. Default: the service's. */
  readonly directories?: "omit" | "include";
  /** Throws InvalidArgument when there are more; a listing is never cut short silently. */
  readonly limit?: number;
  /** Files that are found, and directories where those are told; the last time with their total. */
  readonly onProgress?: (progress: CountProgress) => void;
}

/** Names as the guide has them. */
export interface ListingItem {
  /** The whole key in the bucket. */
  readonly Key: string;
  /** Bytes. */
  readonly Size: number;
  readonly LastModified: Date;
  /** With its quotes, as the store sends it. */
  readonly ETag: string;
  readonly StorageClass?: string;
  readonly ChecksumAlgorithm?: ChecksumAlgorithm;
  readonly ChecksumType?: ChecksumType;
  /** On buckets with versioning, where a version was asked for or told. */
  readonly VersionId?: string;
  /** In listings of versions. */
  readonly IsLatest?: boolean;
  /** In listings of versions. */
  readonly IsDeleteMarker?: boolean;
}

/** One level of a listing. */
export interface DirectoryListing {
  readonly files: readonly ListingItem[];
  /** Whole prefixes, each with its ending `/`. */
  readonly directories: readonly string[];
}

/** An object without its bytes. */
export interface FileStat extends ListingItem {
  readonly ContentType?: string;
  /** User metadata; names in lower case, without `x-amz-meta-`. */
  readonly Metadata: Readonly<Record<string, string>>;
  /** `AES256`, `aws:kms`, ..., as the store says. */
  readonly ServerSideEncryption?: string;
  readonly checksum?: ObjectChecksum;
}

/** An object that is being read. */
export interface FileReading {
  readonly stat: FileStat;
  /**
   * For one reader: loops, Node's `pipeline` and `Readable.from`. Read it to the end or leave its loop;
   * else its connection stays taken.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** All bytes in memory. */
  bytes(): Promise<Uint8Array>;
  /** As UTF-8. */
  text(): Promise<string>;
  /** Throws InvalidArgument for what is no JSON. */
  json(): Promise<unknown>;
  /** The bytes as a web stream, such as `Response` takes. */
  stream(): WebByteStream;
}

export interface DeleteFileOptions extends CallOptions {
  /** NotFound when there is nothing to delete. Two requests, so another writer may come between. */
  readonly mustExist?: boolean;
  /** Deletes this version for good. Default: the file, which versioning keeps as an older version. */
  readonly versionId?: string;
  /** Only this ETag; PreconditionFailed otherwise. */
  readonly ifMatch?: string;
}

/** What became of each file. */
export interface DeleteManyResult {
  /** Keys; those that were not there count as deleted. */
  readonly deleted: readonly string[];
  readonly errors: readonly {
    readonly Key: string;
    /** S3's code. */
    readonly code: string;
    readonly message: string;
  }[];
}
