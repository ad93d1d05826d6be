import { isStorageError } from "../core/errors.ts";
import { ProbeFailed, type Probe } from "./probe.ts";

/** Without s3:ListBucket S3 answers 403 for a key that does not exist, so "missing" cannot be told. */
export const headMissingProbe: Probe = {
  name: "head-missing",
  title: "Ask for a file that does not exist",
  proves: ["s3:ListBucket"],
  needs: [],
  run: async ({ store, prefix, call }) => {
    try {
      await store.headObject(`${prefix}does-not-exist`, call);
    } catch (error) {
      if (isStorageError(error, "NotFound")) return { detail: "404, as it must be" };
      if (isStorageError(error, "PermissionDenied")) {
        throw new ProbeFailed(
          "S3 answers 403 instead of 404 for a missing file: s3:ListBucket on the bucket is missing.",
          ["s3:ListBucket"],
        );
      }
      throw error;
    }
    throw new ProbeFailed("A file of a random name is there already.");
  },
};
