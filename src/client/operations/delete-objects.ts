import { createHash } from "node:crypto";
import { StorageError } from "../../core/errors.ts";
import { s3Limits } from "../../core/limits.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { CallOptions, DeleteEntry, DeleteObjectsResult } from "../../core/object-store.ts";
import { childrenNamed, childText } from "../../protocol/xml/parse.ts";
import type { XmlElement } from "../../protocol/xml/parse.ts";
import { element, optionalElement, renderXml, s3Namespace } from "../../protocol/xml/render.ts";
import { withoutUndefined } from "../../core/without-undefined.ts";
import { readDocument } from "./read-document.ts";
import { requireAbility } from "./store-context.ts";
import type { StoreContext } from "./store-context.ts";
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
  const body = Buffer.from(renderDelete(entries));
  const answer = await withoutRefusedChecksum(store, operation, async () => {
    const wantsChecksum = store.dialect.batchDeleteDigest.value === "content-md5-and-checksum";
    const choice = wantsChecksum ? "auto" : "none";
    const { headers } = await uploadChecksum(store, operation, body, choice);
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
  return readResult(readDocument(operation, answer, "DeleteResult"));
}

function renderDelete(entries: readonly DeleteEntry[]): string {
  const objects = entries.map(({ key, versionId }) =>
    element("Object", element("Key", key), optionalElement("VersionId", versionId)),
  );
  return renderXml(element("Delete", objects), { namespace: s3Namespace });
}

function readResult(root: XmlElement): DeleteObjectsResult {
  return {
    deleted: childrenNamed(root, "Deleted").map((entry) => ({
      ...addressOf(entry),
      deleteMarker: childText(entry, "DeleteMarker") === "true",
    })),
    errors: childrenNamed(root, "Error").map((entry) => ({
      ...addressOf(entry),
      code: childText(entry, "Code") ?? "Unknown",
      message: childText(entry, "Message") ?? "",
    })),
  };
}

function addressOf(entry: XmlElement): DeleteEntry {
  // Deleting a version answers with VersionId, making a marker with DeleteMarkerVersionId.
  const versionId = childText(entry, "VersionId") ?? childText(entry, "DeleteMarkerVersionId");
  return { key: childText(entry, "Key") ?? "", ...withoutUndefined({ versionId }) };
}
