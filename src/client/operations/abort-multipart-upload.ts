import { isStorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { CallOptions, UploadAddress } from "../../core/object-store.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "AbortMultipartUpload";

/** An upload that is gone already counts as aborted. */
export async function abortMultipartUpload(
  store: StoreContext,
  upload: UploadAddress,
  options: CallOptions = {},
): Promise<void> {
  const { key, uploadId } = upload;
  assertObjectKey(key, operation);
  try {
    await store.sender.send({ operation, method: "DELETE", key, query: { uploadId } }, options);
  } catch (error) {
    if (isStorageError(error, "NotFound") && error.s3Code !== "NoSuchBucket") return;
    throw error;
  }
}
