import type { ListPage, ObjectStore } from "../../core/object-store.ts";
import { listPages } from "../objects/list-pages.ts";

/** Random names lie between them: they begin with a digit of 16. */
const [beforeNames, behindNames] = ["/", "g"] as const;

/**
 * Pages of what may be staged for one key: what is in its directory itself, and of an ordered listing only
 * where random names are. The directory may by chance be somebody's own, with many files and folders.
 */
export async function* stagedPages(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ListPage, void> {
  const isOrdered = store.capabilities.orderedListing === "yes";
  const from = isOrdered ? { from: { startAfter: prefix + beforeNames } } : {};
  for await (const page of listPages(store, prefix, { signal, delimiter: "/", ...from })) {
    yield page;
    if (isOrdered && lastOf(page) >= prefix + behindNames) return;
  }
}

function lastOf({ objects, commonPrefixes }: ListPage): string {
  const [key, folder] = [objects.at(-1)?.key ?? "", commonPrefixes.at(-1) ?? ""];
  return key > folder ? key : folder;
}
