import { StorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { PresignRequest } from "../core/presigned-url.ts";
import { aroundCalls, effects, type StoreCall } from "./around-calls.ts";

/** Reads alone: what would change the bucket is refused with PermissionDenied before any request. */
export function readOnly(store: ObjectStore): ObjectStore {
  return aroundCalls(store, async (call, run) => {
    if (!writes(call)) return run();
    const { method, key } = call;
    throw new StorageError(
      "PermissionDenied",
      `${method}: this store was opened to be read only.`,
      {
        operation: method,
        bucket: store.bucket,
        ...(key !== undefined && { key }),
        remedy: "Use the store itself, without readOnly, to change the bucket.",
      },
    );
  });
}

function writes({ method, args }: StoreCall): boolean {
  if (effects[method] !== "links") return effects[method] === "writes";
  if (method === "presignForm") return true;
  const { method: linked } = args[0] as PresignRequest;
  return linked !== "GET" && linked !== "HEAD";
}
