import { parseS3Uri } from "../../core/object-key.ts";
import { Buckets } from "../buckets.ts";
import type { Place } from "../jobs/copy-job.ts";
import { runCopy, type CopyRequest, type CopyTotals } from "../jobs/run-copy.ts";
import type { TransferEvent } from "../jobs/transfer-event.ts";
import { Selection } from "../selection/selection.ts";
import { transferContext } from "../transfer-context.ts";
import type { MemoryStore } from "./memory-store.ts";

const usual = {
  recursive: false,
  patterns: true,
  selection: Selection.all,
  links: "files",
  caseConflicts: "ignore",
  changesObjects: false,
  dryRun: false,
  ifNewer: false,
  move: false,
  overwrite: true,
  stored: {},
} as const;

/** `s3://bkt/key`, or a path of this machine. */
function placeOf(text: string): Place {
  const uri = parseS3Uri(text);
  return uri === undefined ? { kind: "local", path: text } : { kind: "remote", uri };
}

/** All buckets of one store in memory. */
export function bucketsOf(store: MemoryStore): Buckets {
  return new Buckets(() => transferContext(store.asStore()));
}

/** What a command line would do: all places but the last are sources. */
export async function copyPlaces(
  store: MemoryStore,
  places: readonly string[],
  wishes: Partial<CopyRequest> = {},
): Promise<{ totals: CopyTotals; events: TransferEvent[] }> {
  const sources = places.map(placeOf);
  const target = sources.pop() ?? placeOf("");
  const buckets = bucketsOf(store);
  const { signal } = new AbortController();
  const events: TransferEvent[] = [];
  const request = { ...usual, sources, target, buckets, signal, ...wishes };
  const totals = await runCopy(request, (event) => void events.push(event));
  await buckets.close();
  return { totals, events };
}

/** The reasons of what was skipped. */
export function reasonsIn(events: readonly TransferEvent[]): string[] {
  return events.flatMap((event) => (event.kind === "skipped" ? [event.reason] : []));
}
