import type { CallOptions } from "./object-store.ts";

/** A bucket as ListBuckets tells of it. */
export interface ListedBucket {
  readonly name: string;
  readonly createdAt: Date;
  /** Left out by stores that do not tell. */
  readonly region?: string;
}

export interface BucketsPage {
  readonly buckets: readonly ListedBucket[];
  /** Set when there is more. */
  readonly continuationToken?: string;
}

export interface ListBucketsOptions extends CallOptions {
  readonly continuationToken?: string;
  readonly prefix?: string;
}

/**
 * The buckets of one account: what S3 does above a single bucket, with the keys of the data plane
 * alone. Settings of buckets are BucketAdmin's. All methods throw StorageError only.
 */
export interface BucketService {
  /** In the store's order, by name on AWS. */
  listBuckets(options?: ListBucketsOptions): Promise<BucketsPage>;
  /**
   * What HeadBucket tells. `forbidden`: it exists, but is another's, or these credentials may not
   * see it.
   */
  headBucket(bucket: string, options?: CallOptions): Promise<"present" | "absent" | "forbidden">;
  /**
   * In the service's region. Throws AlreadyExists for a name that is taken; in us-east-1 AWS answers
   * success for a bucket of one's own that was there.
   */
  createBucket(bucket: string, options?: CallOptions): Promise<void>;
  /** Throws NotFound, and Conflict for a bucket that is not empty. */
  deleteBucket(bucket: string, options?: CallOptions): Promise<void>;
  /** Ends open requests with `Aborted`; later calls throw `Closed`. */
  close(): Promise<void>;
}
