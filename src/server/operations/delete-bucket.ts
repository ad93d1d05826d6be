import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";

/** The engine refuses while an object, a version or a delete marker is left. */
export const deleteBucket: Operation = {
  name: "DeleteBucket",
  handle: async (request) => {
    const { settings } = request.bucket();
    try {
      await request.engine.deleteBucket(request.bucketName);
    } catch (error) {
      const isFull = error instanceof S3Error && error.code === "BucketNotEmpty";
      throw isFull && settings.versioning !== undefined ? withVersions(error) : error;
    }
    return { status: 204 };
  },
};

/** Source: recordings of AWS of 2026-02. */
function withVersions({ code, extra }: S3Error): S3Error {
  const message =
    "The bucket you tried to delete is not empty. You must delete all versions in the bucket.";
  return new S3Error(code, { message, extra });
}
