import { createHash } from "node:crypto";
import { assertObjectKey } from "../../core/object-key.ts";
import type { ObjectTags, VersionOptions } from "../../core/object-store.ts";
import { tagging } from "../../protocol/documents/tagging.ts";
import { renderXml, s3Namespace } from "../../protocol/xml/render.ts";
import type { StoreContext } from "./store-context.ts";

/** Replaces all tags. AWS wants a digest of the document, and every store knows MD5. */
export async function putObjectTags(
  store: StoreContext,
  key: string,
  tags: ObjectTags,
  options: VersionOptions = {},
): Promise<void> {
  const operation = "PutObjectTagging";
  assertObjectKey(key, operation);
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const body = Buffer.from(renderXml(tagging.render(list), { namespace: s3Namespace }));
  const md5 = createHash("md5").update(body).digest("base64");
  await store.sender.send(
    {
      operation,
      method: "PUT",
      key,
      query: { tagging: "", versionId: options.versionId },
      headers: { "content-type": "application/xml", "content-md5": md5 },
      body,
    },
    options,
  );
}

export async function deleteObjectTags(
  store: StoreContext,
  key: string,
  options: VersionOptions = {},
): Promise<void> {
  const operation = "DeleteObjectTagging";
  assertObjectKey(key, operation);
  const query = { tagging: "", versionId: options.versionId };
  await store.sender.send({ operation, method: "DELETE", key, query }, options);
}
