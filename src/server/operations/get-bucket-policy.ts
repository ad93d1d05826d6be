import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";

/** The policy's text as it was put. */
export const getBucketPolicy: Operation = {
  name: "GetBucketPolicy",
  ownerOnly: "BUCKETPOLICY",
  handle: async (request) => {
    const { name, settings } = request.bucket();
    if (settings.policy === undefined) {
      throw new S3Error("NoSuchBucketPolicy", { extra: { BucketName: name } });
    }
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: settings.policy,
    };
  },
};
