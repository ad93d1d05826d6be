import { withoutSetting } from "../buckets/without-setting.ts";
import type { Operation } from "../operation.ts";

/** Takes every block away; the setting then reads as not found. */
export const deletePublicAccessBlock: Operation = {
  name: "DeletePublicAccessBlock",
  handle: async (request) => {
    await request.engine.updateBucketSettings(request.bucketName, (settings) =>
      withoutSetting(settings, "publicAccessBlock"),
    );
    return { status: 204 };
  },
};
