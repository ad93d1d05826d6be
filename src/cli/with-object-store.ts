import type { ObjectStore } from "../core/object-store.ts";
import type { CommandContext } from "./context.ts";
import { storeListener } from "./store-listener.ts";

/**
 * Opens the store of a bucket for one piece of work, and closes it whatever happens. `owner`: the account that
 * it has to belong to.
 */
export async function withObjectStore<T>(
  context: CommandContext,
  bucket: string,
  work: (store: ObjectStore) => Promise<T>,
  { owner }: { readonly owner?: string | undefined } = {},
): Promise<T> {
  const settings = await context.settings();
  const { openObjectStore } = await import("../open/open-object-store.ts");
  const listener = storeListener(context, settings);
  const store = await openObjectStore(settings, {
    bucket,
    ...(owner !== undefined && { expectedBucketOwner: owner }),
    ...listener,
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
