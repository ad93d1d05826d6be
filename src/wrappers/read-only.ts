import { checkArgument, isPlainObject, isStore, isText } from "../core/check-options.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { PresignRequest } from "../core/presigned-url.ts";
import { readOnlyRefusal } from "../core/read-only-access.ts";
import { aroundCalls, effects, type StoreCall } from "./around-calls.ts";

/**
 * Reads alone: what would change the bucket is refused with PermissionDenied before any request.
 *
 * @example
 * const service = createFileService(readOnly(store));
 */
export function readOnly(store: ObjectStore): ObjectStore {
  checkArgument("readOnly", "the store", store, isStore);
  return aroundCalls(store, async (call, run) => {
    if (call.method === "presign") return readingLink(store, call);
    if (effects[call.method] === "reads") return run();
    throw readOnlyRefusal(call.method, { bucket: store.bucket, key: call.key });
  });
}

/** Of a copy: a request that says another method when it is read again would get a link to write by. */
async function readingLink(store: ObjectStore, { method, args: [asked], key }: StoreCall) {
  checkArgument(method, "the request", asked, (value) =>
    isPlainObject(value) ? undefined : "an object with method and key",
  );
  const request = { ...(asked as PresignRequest) };
  checkArgument(method, "the method", request.method, isText);
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw readOnlyRefusal(method, { bucket: store.bucket, key });
  }
  return store.presign(request);
}
