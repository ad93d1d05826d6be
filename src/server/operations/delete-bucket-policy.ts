import { withoutSetting } from "../buckets/without-setting.ts";
import type { Operation } from "../operation.ts";

/** Succeeds, too, when there is no policy. */
export const deleteBucketPolicy: Operation = {
  name: "DeleteBucketPolicy",
  ownerOnly: "BUCKETPOLICY",
  handle: async (request) => {
    await request.engine.updateBucketSettings(request.bucketName, (settings) =>
      withoutSetting(settings, "policy"),
    );
    return { status: 204 };
  },
};
