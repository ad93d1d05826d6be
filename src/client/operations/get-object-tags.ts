import { assertObjectKey } from "../../core/object-key.ts";
import type { ObjectTags, VersionOptions } from "../../core/object-store.ts";
import { tagging } from "../../protocol/documents/tagging.ts";
import { readAnswer } from "./read-document.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "GetObjectTagging";

export async function getObjectTags(
  store: StoreContext,
  key: string,
  options: VersionOptions = {},
): Promise<ObjectTags> {
  assertObjectKey(key, operation);
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      key,
      query: { tagging: "", versionId: options.versionId },
    },
    options,
  );
  const { document = [] } = readAnswer(operation, answer, "Tagging", parseTags);
  return Object.fromEntries(document.map(({ Key, Value }) => [Key, Value]));
}

function parseTags(document: Buffer): ReturnType<typeof tagging.parseAnswer> {
  return tagging.parseAnswer(document.toString("utf8"));
}
