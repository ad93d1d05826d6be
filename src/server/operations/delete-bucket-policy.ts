import type { Operation } from "../operation.ts";

/** Succeeds, too, when there is no policy. */
export const deleteBucketPolicy: Operation = {
  name: "DeleteBucketPolicy",
  handle: async (request) => {
    await request.engine.updateBucketSettings(
      request.bucketName,
      ({ policy: _, ...settings }) => settings,
    );
    return { status: 204 };
  },
};
