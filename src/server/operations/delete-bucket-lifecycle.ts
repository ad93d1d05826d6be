import type { Operation } from "../operation.ts";

/** Succeeds, too, when there are no rules. */
export const deleteBucketLifecycle: Operation = {
  name: "DeleteBucketLifecycle",
  handle: async (request) => {
    await request.engine.updateBucketSettings(
      request.bucketName,
      ({ lifecycle: _, ...settings }) => settings,
    );
    return { status: 204 };
  },
};
