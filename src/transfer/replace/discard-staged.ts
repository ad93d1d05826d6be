import { transferLimits } from "../../core/limits.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { parseStagingKey } from "./staging-key.ts";

/** Takes staged bytes away, and their directory, which a file system would keep; as far as it can. */
export async function discardStaged(store: ObjectStore, stagingKey: string): Promise<void> {
  // Without the caller's signal: cleaning up matters after an abort too.
  const call = { timeoutMs: transferLimits.abortWaitMs };
  await store.deleteObject(stagingKey, call).catch(() => undefined);
  if (store.capabilities.orderedListing !== "no" || parseStagingKey(stagingKey) === undefined)
    return;
  const directory = stagingKey.slice(0, stagingKey.lastIndexOf("/") + 1);
  await store.deleteObject(directory, call).catch(() => undefined);
}
