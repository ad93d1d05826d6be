import { circularPaging } from "../../core/next-place.ts";
import type { ListPage, ObjectStore } from "../../core/object-store.ts";
import { pagesOf } from "../../core/pages-of.ts";
import { lookAtObjects, type Seen } from "./look-at-objects.ts";
import type { ReencryptionLedger } from "./reencryption-ledger.ts";

/** What a search goes by, and tells. */
export interface Search {
  readonly store: ObjectStore;
  readonly ledger: ReencryptionLedger;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Told after each step of up to a thousand objects. */
  readonly onStep: (seen: readonly Seen[]) => void | Promise<void>;
}

/**
 * Looks at all objects under a prefix, page after page, from where the ledger says that it has come to.
 * Throws the refusal when not one object of its first page may be looked at: none will be.
 */
export async function searchListing(search: Search, prefix: string): Promise<void> {
  const { store, ledger, signal, now, onStep } = search;
  const isFresh = ledger.place === undefined;
  let isFirst = isFresh;
  for await (const { objects } of pagesBehind(search, prefix)) {
    const before = { ...ledger.tally, lists: ledger.tally.lists + 1 };
    const { tally, candidates, seen } = await lookAtObjects(store, objects, before, signal);
    const refusals = seen.flatMap((one) => (one.kind === "denied" ? [one.error] : []));
    const [refusal] = refusals;
    if (isFirst && refusal !== undefined && refusals.length === objects.length) throw refusal;
    isFirst = false;
    const place = objects.at(-1)?.key ?? ledger.place;
    await ledger.found(candidates, { place, tally, at: now().toISOString() });
    await onStep(seen);
  }
  ledger.scanned(now().toISOString());
}

function pagesBehind(
  { store, ledger, signal }: Search,
  prefix: string,
): AsyncGenerator<ListPage, void> {
  const startAfter = typeof ledger.place === "string" ? ledger.place : undefined;
  return pagesOf({
    read: (continuationToken: string | undefined) =>
      store.listObjects({
        ...(prefix !== "" && { prefix }),
        ...(continuationToken !== undefined
          ? { continuationToken }
          : startAfter !== undefined && { startAfter }),
        signal,
      }),
    next: (page: ListPage) => page.continuationToken,
    circular: () => circularPaging({ operation: "ListObjectsV2", bucket: store.bucket }),
  });
}
