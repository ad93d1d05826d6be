import { withoutSetting } from "../buckets/without-setting.ts";
import type { Operation } from "../operation.ts";

/** Succeeds, too, when there are no tags. */
export const deleteBucketTagging: Operation = {
  name: "DeleteBucketTagging",
  handle: async (request) => {
    await request.engine.updateBucketSettings(request.bucketName, (settings) =>
      withoutSetting(settings, "tags"),
    );
    return { status: 204 };
  },
};
