import { isStorageError, StorageError } from "../core/errors.ts";
import { asFolder, formatS3Uri } from "../core/object-key.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { isMissingObject } from "../transfer/objects/object-exists.ts";

/** What stands where an object was looked for and not found. */
export type Found = "folder" | "deleted" | "nothing";

/**
 * One listing of one key, asked for after an object was not found. What cannot be listed counts as
 * nothing. Throws NotFound of a missing bucket.
 */
export async function whatIsThere(
  store: ObjectStore,
  key: string,
  { missing, signal }: { readonly missing: StorageError; readonly signal: AbortSignal },
): Promise<Found> {
  if (await hasObjects(store, asFolder(key), signal)) return "folder";
  return missing.details["DeleteMarker"] === "true" ? "deleted" : "nothing";
}

/** Whether anything is known to lie below a prefix; what may not be listed is not known. */
export async function hasObjects(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { objects } = await store.listObjects({ prefix, maxKeys: 1, signal });
    return objects.length > 0;
  } catch (error) {
    if (isStorageError(error, "PermissionDenied", "NotSupported")) return false;
    throw error;
  }
}

/** A missing object in words: what is there in its place, and that patterns are not expanded. */
export function missingObject(
  place: { readonly bucket: string; readonly key: string },
  found: Found,
  missing: StorageError,
): StorageError {
  const uri = formatS3Uri(place);
  const { message, remedy } = wordsOf(uri, place.key, found);
  const { status, s3Code, requestId, operation } = missing;
  return new StorageError("NotFound", message, {
    ...place,
    ...(operation !== undefined && { operation }),
    ...(status !== undefined && { status }),
    ...(s3Code !== undefined && { s3Code }),
    ...(requestId !== undefined && { requestId }),
    ...(remedy !== undefined && { remedy }),
    cause: missing,
  });
}

function wordsOf(uri: string, key: string, found: Found): { message: string; remedy?: string } {
  if (found === "folder") {
    return {
      message: `${uri} is a folder: there is no object of that name, but there are some below it.`,
      remedy: `Name one of them (sms-storage ls -r ${asFolder(uri)}), or use --recursive where a command has it.`,
    };
  }
  if (found === "deleted") {
    return {
      message: `${uri} is deleted already; the bucket keeps its older versions.`,
      remedy: `List them with sms-storage versions ${uri}, or bring it back: sms-storage restore ${uri}`,
    };
  }
  if (/[*?[\]]/.test(key)) {
    const folder = uri.slice(0, uri.search(/[^/]*[*?[\]]/));
    return {
      message: `There is no object ${uri}. Patterns are not expanded: each sign is one of the key.`,
      remedy: `List what there is (sms-storage ls -r ${folder}) and name the keys.`,
    };
  }
  return { message: `There is no object ${uri}.` };
}

/** Does the work; its NotFound says what stands in the place of the object. */
export async function explainMissing<T>(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isStorageError(error) || !isMissingObject(error) || error.key !== key) throw error;
    // Of a version, another one may be there.
    if (error.s3Code === "NoSuchVersion") throw error;
    const found = await whatIsThere(store, key, { missing: error, signal });
    throw missingObject({ bucket: store.bucket, key }, found, error);
  }
}
