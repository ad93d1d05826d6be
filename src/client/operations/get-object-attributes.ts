import { assertObjectKey } from "../../core/object-key.ts";
import type { ObjectAttributes, VersionOptions } from "../../core/object-store.ts";
import { child, childText } from "../../protocol/xml/parse.ts";
import { readChecksumElements } from "../../protocol/headers/checksum-headers.ts";
import { withoutUndefined } from "../../core/without-undefined.ts";
import { readDocument } from "./read-document.ts";
import { requireAbility } from "./store-context.ts";
import type { StoreContext } from "./store-context.ts";

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
  const checksum = child(root, "Checksum");
  const parts = child(root, "ObjectParts");
  const count = parts && (childText(parts, "PartsCount") ?? childText(parts, "TotalPartsCount"));
  return {
    sizeBytes: Number(childText(root, "ObjectSize") ?? 0),
    etag: childText(root, "ETag") ?? "",
    ...withoutUndefined({
      checksum: checksum && readChecksumElements(checksum),
      storageClass: childText(root, "StorageClass"),
      partsCount: count === undefined ? undefined : Number(count),
      versionId: answer.headers.get("x-amz-version-id"),
    }),
  };
}
