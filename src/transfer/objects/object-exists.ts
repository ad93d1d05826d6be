import { isStorageError, type StorageError } from "../../core/errors.ts";
import type { ObjectStore, VersionOptions } from "../../core/object-store.ts";
import { inScope } from "../operation-scope.ts";
import { explainedHead, isUnderOwnKey } from "./explained-head.ts";

/** False only when proven: by HEAD, and where its answer may mean the bucket, by a GET. */
export async function objectExists(
  store: ObjectStore,
  key: string,
  { versionId, ...options }: VersionOptions = {},
): Promise<boolean> {
  return inScope("exists", options, async ({ signal }) => {
    const call = { signal, ...(versionId !== undefined && { versionId }) };
    try {
      await explainedHead(store, key, call);
      return true;
    } catch (error) {
      // A version that is a delete marker cannot be read.
      const isMarker = isStorageError(error) && error.status === 405 && versionId !== undefined;
      if (isMarker) return false;
      if (isUnderOwnKey(error)) return true;
      if (!isMissingObject(error)) throw error;
      return !(await isProvenMissing(store, key, error as StorageError, call));
    }
  });
}

/**
 * A HEAD answers 404 for a missing bucket as for a missing key, and has no body to tell which. The
 * error of a GET has. Throws what the GET throws when it is neither.
 */
async function isProvenMissing(
  store: ObjectStore,
  key: string,
  error: StorageError,
  options: VersionOptions,
): Promise<boolean> {
  if (error.details["DeleteMarker"] === "true") return true;
  try {
    const { body } = await store.getObject(key, {
      ...options,
      range: { first: 0, last: 0 },
    });
    await body[Symbol.asyncIterator]().return?.();
    return false;
  } catch (getError) {
    if (isMissingObject(getError)) return true;
    // An empty object has no first byte.
    if (isStorageError(getError, "RangeNotSatisfiable")) return false;
    throw getError;
  }
}

/** NotFound of the object itself: a missing bucket is no missing object. */
export function isMissingObject(error: unknown): boolean {
  return isStorageError(error, "NotFound") && error.s3Code !== "NoSuchBucket";
}
