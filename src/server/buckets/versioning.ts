import { S3Error } from "../../protocol/s3-error.ts";
import { serveSetting } from "./serve-setting.ts";

/** Versioning can be suspended, never taken back; with object locks not even that. */
export const versioning = serveSetting("versioning", {
  accept: (document) => ({
    document,
    assertFits: (settings) => {
      if (settings.objectLockEnabled !== true || document !== "Suspended") return;
      throw new S3Error("InvalidBucketState", {
        message:
          "An Object Lock configuration is present on this bucket, so the versioning state " +
          "cannot be changed.",
      });
    },
  }),
});
