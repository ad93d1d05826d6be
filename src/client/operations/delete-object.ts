import { isStorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { DeleteOptions, DeleteResult } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { conditionEtag } from "./object-headers.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";

const operation = "DeleteObject";

export async function deleteObject(
  store: StoreContext,
  key: string,
  options: DeleteOptions = {},
): Promise<DeleteResult> {
  assertObjectKey(key, operation);
  if (options.ifMatch !== undefined) {
    requireAbility(store, "conditionalWrites", { operation, key, name: "conditional deletes" });
  }
  try {
    const { headers } = await store.sender.send(
      {
        operation,
        method: "DELETE",
        key,
        query: { versionId: options.versionId },
        headers: { "if-match": conditionEtag(store, options.ifMatch) },
      },
      options,
    );
    const versionId = headers.get("x-amz-version-id");
    const deleteMarker = headers.get("x-amz-delete-marker") === "true";
    return { deleteMarker, ...(versionId !== undefined && { versionId }) };
  } catch (error) {
    if (!isStorageError(error, "NotFound") || error.s3Code === "NoSuchBucket") throw error;
    if (options.ifMatch !== undefined) throw restateError(error, { code: "PreconditionFailed" });
    // Some stores answer 404 for a missing key, where S3 counts it as deleted.
    if (options.versionId === undefined) return { deleteMarker: false };
    throw error;
  }
}
