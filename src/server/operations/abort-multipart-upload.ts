import type { Operation } from "../operation.ts";

export const abortMultipartUpload: Operation = {
  name: "AbortMultipartUpload",
  handle: async (request) => {
    const uploadId = request.query.get("uploadId") ?? "";
    await request.engine.abortUpload(request.bucketName, request.key, uploadId);
    return { status: 204 };
  },
};
