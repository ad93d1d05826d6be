import type { ListedObject } from "../../core/object-store.ts";
import { compareKeys } from "../../core/object-key.ts";
import { isDirectoryMarker, listPages } from "../objects/list-pages.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { TreeItem } from "./tree-item.ts";

/** Which objects are meant. */
export interface RemoteTreeOptions {
  /** Of a folder: empty, or with `/` at its end. */
  readonly prefix: string;
  /** With what the paths of all that is wanted begin. */
  readonly narrowedTo: string;
  /** Whether the markers of folders are objects like others. */
  readonly markers: boolean;
  /** Whether to sort them here, whatever the store says of its listings. */
  readonly sorts: boolean;
  readonly signal: AbortSignal;
}

/** The objects below a prefix in the order of keys. What a store lists in no order is sorted, in memory. */
export async function* remoteTree(
  { store }: TransferContext,
  options: RemoteTreeOptions,
): AsyncGenerator<TreeItem[], void> {
  const { prefix, narrowedTo, signal } = options;
  const all: TreeItem[] = [];
  const isOrdered = store.capabilities.orderedListing !== "no" && !options.sorts;
  for await (const { objects } of listPages(store, prefix + narrowedTo, { signal })) {
    const items: TreeItem[] = [];
    for (const object of objects) {
      if (object.key.length === prefix.length) continue;
      if (options.markers || !isDirectoryMarker(object)) items.push(itemOf(object, prefix.length));
    }
    if (isOrdered) yield items;
    else all.push(...items);
  }
  if (!isOrdered) yield all.sort((a, b) => compareKeys(a.path, b.path));
}

function itemOf({ key, sizeBytes, lastModified, etag }: ListedObject, start: number): TreeItem {
  return { path: key.slice(start), sizeBytes, modifiedMs: lastModified.getTime(), etag };
}
