import { isStorageError } from "../../core/errors.ts";
import type { CallOptions, ObjectHead, ObjectStore } from "../../core/object-store.ts";

/** Undefined when the object is proven to be missing. Throws any other failure. */
export async function headOrMissing(
  store: ObjectStore,
  key: string,
  call: CallOptions = {},
): Promise<ObjectHead | undefined> {
  try {
    return await store.headObject(key, call);
  } catch (error) {
    if (isStorageError(error, "NotFound")) return undefined;
    throw error;
  }
}
