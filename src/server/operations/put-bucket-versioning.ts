import { parseVersioningConfiguration } from "../../protocol/documents/versioning-configuration.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { Operation } from "../operation.ts";

/** Versioning can be suspended, never taken back; with object locks not even that. */
export const putBucketVersioning: Operation = {
  name: "PutBucketVersioning",
  handle: async (request) => {
    const versioning = parseVersioningConfiguration(await request.readDocument());
    await request.engine.updateBucketSettings(request.bucketName, (settings) => {
      if (settings.objectLockEnabled === true && versioning === "Suspended") {
        throw new S3Error("InvalidBucketState", {
          message:
            "An Object Lock configuration is present on this bucket, so the versioning state " +
            "cannot be changed.",
        });
      }
      return { ...settings, versioning };
    });
    return { status: 200 };
  },
};
