import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";

/** This server stores no CORS rules; clients that probe for them read that none are set. */
export const getBucketCors: Operation = {
  name: "GetBucketCors",
  handle: async (request) => {
    throw new S3Error("NoSuchCORSConfiguration", { extra: { BucketName: request.bucket().name } });
  },
};
