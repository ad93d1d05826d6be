import { withoutSetting } from "../buckets/without-setting.ts";
import type { Operation } from "../operation.ts";

/** Succeeds, too, when there are no rules. */
export const deleteBucketLifecycle: Operation = {
  name: "DeleteBucketLifecycle",
  handle: async (request) => {
    await request.engine.updateBucketSettings(request.bucketName, (settings) =>
      withoutSetting(settings, "lifecycle"),
    );
    return { status: 204 };
  },
};
