import type { ObjectStore } from "../../core/object-store.ts";
import { versionPages } from "../versions/version-pages.ts";
import { lookAtObjects } from "./look-at-objects.ts";
import { emptyTally, type Tally } from "./tally.ts";

/**
 * Looks at all older versions under a prefix. They are never copied: a copy would come to be the
 * newest. They stay as they are until the lifecycle, or somebody, deletes them.
 */
export async function countOldVersions(
  store: ObjectStore,
  prefix: string,
  { signal, onPage }: { readonly signal: AbortSignal; readonly onPage: (looked: number) => void },
): Promise<Tally> {
  let tally = emptyTally;
  for await (const { versions } of versionPages(store, prefix, { signal })) {
    const old = versions.filter(({ isLatest, isDeleteMarker }) => !isLatest && !isDeleteMarker);
    const before = { ...tally, lists: tally.lists + 1 };
    ({ tally } = await lookAtObjects(store, old, before, signal));
    onPage(tally.looked.objects);
  }
  return tally;
}
