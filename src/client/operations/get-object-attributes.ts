import { assertObjectKey } from "../../core/object-key.ts";
import type { ObjectAttributes, VersionOptions } from "../../core/object-store.ts";
import { readObjectAttributes } from "../../protocol/documents/object-attributes.ts";
import { readDocument } from "./read-document.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";

const operation = "GetObjectAttributes";

export async function getObjectAttributes(
  store: StoreContext,
  key: string,
  options: VersionOptions = {},
): Promise<ObjectAttributes> {
  assertObjectKey(key, operation);
  requireAbility(store, "objectAttributes", { operation, key, name: "GetObjectAttributes" });
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      key,
      query: { attributes: "", versionId: options.versionId },
      headers: {
        "x-amz-object-attributes": "ETag,Checksum,ObjectParts,StorageClass,ObjectSize",
      },
    },
    options,
  );
  const root = readDocument(operation, answer, "GetObjectAttributesResponse");
  const {
    sizeBytes = 0,
    etag = "",
    checksum,
    storageClass,
    partsCount,
  } = readObjectAttributes(root);
  const versionId = answer.headers.get("x-amz-version-id");
  return {
    sizeBytes,
    etag,
    ...(checksum !== undefined && { checksum }),
    ...(storageClass !== undefined && { storageClass }),
    ...(partsCount !== undefined && { partsCount }),
    ...(versionId !== undefined && { versionId }),
  };
}
