import type { Operation } from "../operation.ts";

/** Succeeds, too, when there are no tags. */
export const deleteBucketTagging: Operation = {
  name: "DeleteBucketTagging",
  handle: async (request) => {
    await request.engine.updateBucketSettings(
      request.bucketName,
      ({ tags: _, ...settings }) => settings,
    );
    return { status: 204 };
  },
};
