import type { ListedObject, ObjectStore } from "../../core/object-store.ts";
import { listPages } from "../objects/list-pages.ts";
import { lookAtObjects, type LookedAt } from "./look-at-objects.ts";
import { emptyTally } from "./tally.ts";

/** What some objects, drawn by lot, tell of all. */
export interface Sample extends LookedAt {
  /** All under the prefix. */
  readonly listed: { readonly objects: number; readonly bytes: number };
  /** The share of all that is under KMS, with 95 of 100 such samples right: from, to. */
  readonly share: readonly [number, number];
}

/**
 * Lists all objects under a prefix and looks at so many of them, each as likely as any other: the first
 * ones of a listing are the oldest experiments, or one experiment's. `random`: from 0 to below 1.
 */
export async function sampleObjects(
  store: ObjectStore,
  prefix: string,
  {
    size,
    signal,
    random,
    onPage,
  }: {
    readonly size: number;
    readonly signal: AbortSignal;
    readonly random: () => number;
    readonly onPage: (listed: number) => void;
  },
): Promise<Sample> {
  const drawn: ListedObject[] = [];
  const listed = { objects: 0, bytes: 0 };
  let lists = 0;
  for await (const page of listPages(store, prefix, { signal })) {
    lists += 1;
    for (const object of page.objects) {
      listed.objects += 1;
      listed.bytes += object.sizeBytes;
      const place = drawn.length < size ? drawn.length : Math.floor(random() * listed.objects);
      if (place < size) drawn[place] = object;
    }
    onPage(listed.objects);
  }
  const looked = await lookAtObjects(store, drawn, { ...emptyTally, lists }, signal);
  const { kms, archived, looked: all, denied } = looked.tally;
  return {
    ...looked,
    listed,
    share: wilson(kms.objects + archived.objects, all.objects - denied, listed.objects),
  };
}

/** Wilson's interval of 95 %. A sample of all leaves nothing open. */
function wilson(hits: number, trials: number, all: number): readonly [number, number] {
  if (trials === 0) return [0, 1];
  const share = hits / trials;
  if (trials === all) return [share, share];
  const z2 = 1.96 ** 2;
  const center = share + z2 / (2 * trials);
  const margin = 1.96 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials ** 2));
  const scale = 1 + z2 / trials;
  return [Math.max(0, (center - margin) / scale), Math.min(1, (center + margin) / scale)];
}
