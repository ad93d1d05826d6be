import type { Operation } from "../operation.ts";

/** The engine refuses while an object, a version or a delete marker is left. */
export const deleteBucket: Operation = {
  name: "DeleteBucket",
  handle: async (request) => {
    await request.engine.deleteBucket(request.bucketName);
    return { status: 204 };
  },
};
