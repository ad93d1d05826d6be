import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";

/** This server does not replicate; clients that probe for it read that it is not set. */
export const getBucketReplication: Operation = {
  name: "GetBucketReplication",
  handle: async (request) => {
    throw new S3Error("ReplicationConfigurationNotFoundError", {
      extra: { BucketName: request.bucket().name },
    });
  },
};
