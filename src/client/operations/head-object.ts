import { assertObjectKey } from "../../core/object-key.ts";
import type { HeadOptions, ObjectHead } from "../../core/object-store.ts";
import { assertAsked, readHeaders, readObjectHead } from "./object-headers.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "HeadObject";

export async function headObject(
  store: StoreContext,
  key: string,
  options: HeadOptions = {},
): Promise<ObjectHead> {
  assertObjectKey(key, operation);
  const answer = await store.sender.send(
    {
      operation,
      method: "HEAD",
      key,
      query: { versionId: options.versionId, partNumber: options.partNumber },
      headers: readHeaders(store, options),
    },
    options,
  );
  const head = readObjectHead(key, answer.headers);
  assertAsked(store, operation, head, options.ifMatch);
  return head;
}
