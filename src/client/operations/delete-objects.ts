import { createHash } from "node:crypto";
import { StorageError } from "../../core/errors.ts";
import { s3Limits } from "../../core/limits.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { CallOptions, DeleteEntry, DeleteObjectsResult } from "../../core/object-store.ts";
import {
  readDeleteResult,
  renderDelete,
  type DeleteOutcome,
} from "../../protocol/documents/delete.ts";
import { readDocument } from "./read-document.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";
import { uploadChecksum, withoutRefusedChecksum } from "./upload-checksum.ts";

const operation = "DeleteObjects";

export async function deleteObjects(
  store: StoreContext,
  entries: readonly DeleteEntry[],
  options: CallOptions = {},
): Promise<DeleteObjectsResult> {
  if (entries.length === 0) return { deleted: [], errors: [] };
  if (entries.length > s3Limits.deleteObjectsKeys) {
    const message = `${entries.length} keys in one DeleteObjects; S3 takes ${s3Limits.deleteObjectsKeys}.`;
    throw new StorageError("InvalidArgument", message, { operation, bucket: store.bucket });
  }
  requireAbility(store, "batchDelete", { operation, name: "batch delete" });
  for (const { key } of entries) assertObjectKey(key, operation);
  const body = Buffer.from(renderDelete({ quiet: false, targets: entries }));
  const answer = await withoutRefusedChecksum(store, operation, async () => {
    const wantsChecksum = store.dialect.batchDeleteDigest.value === "content-md5-and-checksum";
    const choice = wantsChecksum ? "auto" : "none";
    const { headers } = await uploadChecksum(store, { about: { operation }, body }, choice);
    const md5 = createHash("md5").update(body).digest("base64");
    return store.sender.send(
      {
        operation,
        method: "POST",
        query: { delete: "" },
        headers: { "content-type": "application/xml", "content-md5": md5, ...headers },
        body,
      },
      options,
    );
  });
  return readResult(readDeleteResult(readDocument(operation, answer, "DeleteResult")));
}

function readResult(outcomes: readonly DeleteOutcome[]): DeleteObjectsResult {
  const deleted: DeleteObjectsResult["deleted"][number][] = [];
  const errors: DeleteObjectsResult["errors"][number][] = [];
  for (const outcome of outcomes) {
    const { key } = outcome;
    if (outcome.kind === "error") {
      const { versionId, code, message } = outcome;
      errors.push({ key, ...(versionId !== undefined && { versionId }), code, message });
    } else {
      // Deleting a version answers with VersionId, making a marker with DeleteMarkerVersionId.
      const versionId = outcome.versionId ?? outcome.deleteMarkerVersionId;
      deleted.push({
        key,
        ...(versionId !== undefined && { versionId }),
        deleteMarker: outcome.deleteMarker,
      });
    }
  }
  return { deleted, errors };
}
