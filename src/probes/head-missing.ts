import { isStorageError, type StorageError } from "../core/errors.ts";
import { ProbeFailed, type Probe, type ProbeContext, type ProbeOutcome } from "./probe.ts";

/** Who may not list gets 403 for a key that does not exist, so "missing" cannot be told. */
export const headMissingProbe: Probe = {
  name: "head-missing",
  title: "Ask for a file that does not exist",
  proves: ["s3:ListBucket"],
  needs: [],
  run: async (context) => {
    const key = `${context.prefix}does-not-exist`;
    try {
      await context.store.headObject(key, context.call);
    } catch (error) {
      if (isStorageError(error, "NotFound")) return confirmKeyIsMissing(context, key);
      if (isStorageError(error, "PermissionDenied"))
        throw await causeOfRefusal(context, key, error);
      throw error;
    }
    throw new ProbeFailed("A file of a random name is there already.");
  },
};

/** HEAD of a bucket that does not exist is a bare 404 as well; the answer to GET says which it is. */
async function confirmKeyIsMissing(context: ProbeContext, key: string): Promise<ProbeOutcome> {
  try {
    await context.store.getObject(key, context.call);
  } catch (error) {
    if (!isStorageError(error, "NotFound")) throw error;
    if (error.s3Code === "NoSuchBucket") throw new ProbeFailed("There is no such bucket.");
    return { detail: "404, as it must be" };
  }
  throw new ProbeFailed("HEAD does not find a file that GET finds.");
}

/** A refusal of HEAD has no words; that of GET may name its cause. */
async function causeOfRefusal(
  { store, call }: ProbeContext,
  key: string,
  bare: StorageError,
): Promise<Error> {
  const told = await store.getObject(key, call).then(
    () => bare,
    (error: unknown) => (isStorageError(error, "PermissionDenied") ? error : bare),
  );
  if (/not\s+authorized to perform|\bexplicit deny\b/.test(told.message)) return told;
  return new ProbeFailed(
    "S3 answers 403 instead of 404 for a missing file. Either s3:ListBucket on the bucket is " +
      "missing, or reading is denied.",
  );
}
