import { withoutSetting } from "../buckets/without-setting.ts";
import type { Operation } from "../operation.ts";

/** The setting then reads as not found, and S3's old rule, object writer, applies. */
export const deleteBucketOwnershipControls: Operation = {
  name: "DeleteBucketOwnershipControls",
  handle: async (request) => {
    await request.engine.updateBucketSettings(request.bucketName, (settings) =>
      withoutSetting(settings, "ownership"),
    );
    return { status: 204 };
  },
};
