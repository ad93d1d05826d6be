import type { ObjectStore } from "../core/object-store.ts";
import type { CommandContext } from "./context.ts";

/** Opens the store of a bucket for one piece of work, and closes it whatever happens. */
export async function withObjectStore<T>(
  context: CommandContext,
  bucket: string,
  work: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  const settings = await context.settings();
  const { openObjectStore } = await import("../open/open-object-store.ts");
  const store = await openObjectStore(settings, { bucket });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
