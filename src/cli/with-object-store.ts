import type { ObjectStore } from "../core/object-store.ts";
import type { CommandContext } from "./context.ts";
import { storeListener } from "./store-listener.ts";

/** Opens the store of a bucket for one piece of work, and closes it whatever happens. */
export async function withObjectStore<T>(
  context: CommandContext,
  bucket: string,
  work: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  const settings = await context.settings();
  const { openObjectStore } = await import("../open/open-object-store.ts");
  const listener = storeListener(context, settings);
  const store = await openObjectStore(settings, { bucket, ...listener });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
