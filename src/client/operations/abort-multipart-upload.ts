import { isStorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { CallOptions, UploadAddress } from "../../core/object-store.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "AbortMultipartUpload";

/** An upload that is gone already counts as aborted; by whom, the answer tells. */
export async function abortMultipartUpload(
  store: StoreContext,
  upload: UploadAddress,
  options: CallOptions = {},
): Promise<boolean> {
  const { key, uploadId } = upload;
  assertObjectKey(key, operation);
  try {
    await store.sender.send({ operation, method: "DELETE", key, query: { uploadId } }, options);
    return true;
  } catch (error) {
    if (!isStorageError(error, "NotFound") || error.s3Code === "NoSuchBucket") throw error;
    // After a lost answer, an earlier attempt of this call has done it.
    return error.outcome === "unknown";
  }
}
