import { isStorageError } from "../../core/errors.ts";
import { replaceLimits } from "../../core/replace-limits.ts";
import type { ListedObject, ObjectStore } from "../../core/object-store.ts";
import { discardStaged } from "./discard-staged.ts";
import { parseStagingKey, stagingPrefixFor } from "./staging-key.ts";

/**
 * Takes away what writers left beside a key that holds an object: bytes that never came into place, or
 * came there whole. One request where there is nothing; a store that does not let it look is left alone.
 */
export async function removeAbandoned(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const prefix = stagingPrefixFor(key);
  let objects: readonly ListedObject[];
  try {
    ({ objects } = await store.listObjects({ prefix, signal }));
  } catch (error) {
    if (isStorageError(error, "PermissionDenied", "NotSupported", "NotFound")) return;
    throw error;
  }
  for (const object of objects) {
    const isStaged = parseStagingKey(object.key)?.isDirectory === false;
    if (isStaged && isOlderThan(object, replaceLimits.replacementMs)) {
      await discardStaged(store, object.key);
    }
  }
}

/** Young ones may be of a writer that is at it; by this machine's clock, unless any age will do (0). */
export function isOlderThan(
  { lastModified }: Pick<ListedObject, "lastModified">,
  ms: number,
): boolean {
  return ms === 0 || Date.now() - lastModified.getTime() >= ms;
}
