import { defaultEncryption } from "../buckets/default-settings.ts";
import type { Operation } from "../operation.ts";

/** Back to S3's own keys; a bucket without encryption does not exist any more. */
export const deleteBucketEncryption: Operation = {
  name: "DeleteBucketEncryption",
  handle: async (request) => {
    await request.engine.updateBucketSettings(request.bucketName, (settings) => ({
      ...settings,
      encryption: defaultEncryption,
    }));
    return { status: 204 };
  },
};
