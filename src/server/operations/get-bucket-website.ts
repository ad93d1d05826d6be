import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";

/** This server hosts no websites; clients that probe for one read that none is set. */
export const getBucketWebsite: Operation = {
  name: "GetBucketWebsite",
  handle: async (request) => {
    throw new S3Error("NoSuchWebsiteConfiguration", {
      extra: { BucketName: request.bucket().name },
    });
  },
};
