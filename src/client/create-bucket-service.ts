import type { BucketService } from "../core/bucket-service.ts";
import type { ConnectionOptions } from "./create-s3-store.ts";
import { openConnection } from "./open-s3-store.ts";
import { S3BucketService } from "./s3-bucket-service.ts";

/** The buckets of an S3 store. Opens no connection before the first call. */
export function createBucketService(options: ConnectionOptions): BucketService {
  return new S3BucketService({
    region: options.dialect.signingRegion.value ?? options.region,
    connect: (bucket) => openConnection({ ...options, bucket }).sender,
  });
}
