import { transferLimits } from "../../core/limits.ts";
import type { CallOptions, ObjectStore } from "../../core/object-store.ts";
import { parseStagingKey } from "./staging-key.ts";

/** Without the caller's signal: cleaning up matters after an abort too. */
const ownCall = { timeoutMs: transferLimits.abortWaitMs };

/** Takes staged bytes away, and their directory, which a file system would keep; as far as it can. */
export async function discardStaged(store: ObjectStore, stagingKey: string): Promise<void> {
  await removeStaged(store, stagingKey, ownCall).catch(() => undefined);
}

/** The same, but throws where the bytes stay. */
export async function removeStaged(
  store: ObjectStore,
  stagingKey: string,
  call: CallOptions,
): Promise<void> {
  await store.deleteObject(stagingKey, call);
  if (store.capabilities.orderedListing !== "no" || parseStagingKey(stagingKey) === undefined)
    return;
  const directory = stagingKey.slice(0, stagingKey.lastIndexOf("/") + 1);
  await store.deleteObject(directory, ownCall).catch(() => undefined);
}
