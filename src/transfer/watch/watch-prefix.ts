import { watchLimits } from "../../core/archive-limits.ts";
import { StorageError } from "../../core/errors.ts";
import { compareKeys } from "../../core/object-key.ts";
import type { ListedObject } from "../../core/object-store.ts";
import { onAbort } from "../../core/on-abort.ts";
import { listPages, objectsOf } from "../objects/list-pages.ts";
import { assertRunning } from "../operation-scope.ts";
import type { TransferContext } from "../transfer-context.ts";
import { entriesOf, markOf, type SnapshotEntry, SnapshotWriter } from "./snapshot.ts";
import { noCursor, readCursor, writeCursor } from "./watch-cursor.ts";

const operation = "watch";

/** What became of an object since it was last looked at. */
export type ObjectEvent =
  | { readonly kind: "created" | "changed"; readonly object: ListedObject }
  | { readonly kind: "deleted"; readonly key: string };

/** Some events, and where to go on behind them. */
export interface EventBatch {
  readonly events: readonly ObjectEvent[];
  /** Made when it is asked for. */
  cursor(): string;
}

export interface PrefixWatch {
  readonly prefix: string;
  /** Default: what is there when it begins is known, and no event. */
  readonly cursor?: string | undefined;
  /** Whether what is there at first is told as created. */
  readonly tellsExisting: boolean;
  /** Between the end of one look and the next. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/**
 * Lists a prefix again and again, and tells what is other than before: in the order of the keys, in
 * batches of up to `watchLimits.events`. The first look always gives a batch, later ones when there is
 * something to tell. Never ends by itself; throws what a listing throws.
 */
export async function* watchPrefix(
  context: TransferContext,
  watch: PrefixWatch,
): AsyncGenerator<EventBatch, void> {
  const { prefix, cursor, tellsExisting, intervalMs, signal } = watch;
  const place = { bucket: context.store.bucket, prefix };
  let before = cursor === undefined ? undefined : readCursor(place, cursor);
  for (let isFirst = true; ; isFirst = false) {
    const isQuiet = before === undefined && !tellsExisting;
    const after = new SnapshotWriter();
    const known = knownEntries(before ?? []);
    let events: ObjectEvent[] = [];
    for await (const event of compare(objects(context, watch), known, after)) {
      if (!isQuiet) events.push(event);
      if (events.length < watchLimits.events) continue;
      const rest = known.clone();
      const done = after.chunks();
      yield { events, cursor: () => writeCursor(place, [...done, ...rest()]) };
      events = [];
    }
    const chunks = after.chunks();
    before = chunks;
    if (isFirst || events.length > 0) yield { events, cursor: () => writeCursor(place, chunks) };
    await pause(intervalMs, signal);
    assertRunning(operation, signal);
  }
}

/** What is there, in the order of keys: sorted here where the store lists in another one. */
async function* objects(
  context: TransferContext,
  { prefix, signal }: PrefixWatch,
): AsyncGenerator<ListedObject, void> {
  const isOrdered = context.store.capabilities.orderedListing === "yes";
  const all: ListedObject[] = [];
  for await (const page of listPages(context.store, prefix, { signal })) {
    assertRunning(operation, signal);
    const found = objectsOf(page, context.directories);
    if (isOrdered) yield* found;
    else all.push(...found);
    if (all.length > watchLimits.unorderedObjects) throw tooMany(prefix);
  }
  yield* all.toSorted((a, b) => compareKeys(a.key, b.key));
}

interface KnownEntries {
  peek(): SnapshotEntry | undefined;
  take(): void;
  /** Makes the chunks of what has not been taken by now, once they are asked for. */
  clone(): () => readonly Buffer[];
}

function knownEntries(chunks: readonly Buffer[]): KnownEntries {
  const entries = checked(entriesOf(chunks));
  let next = entries.next();
  let taken = 0;
  return {
    peek: () => (next.done === true ? undefined : next.value),
    take: () => {
      next = entries.next();
      taken += 1;
    },
    clone: () => {
      const behind = taken;
      return () => {
        const rest = new SnapshotWriter();
        let index = 0;
        for (const entry of entriesOf(chunks)) {
          if (index >= behind) rest.add(entry);
          index += 1;
        }
        return rest.chunks();
      };
    },
  };
}

function* checked(entries: Generator<SnapshotEntry, void>): Generator<SnapshotEntry, void> {
  try {
    yield* entries;
  } catch (error) {
    throw noCursor("it is damaged", error);
  }
}

/** Two orders of keys side by side. What is the same is written down; what is not, once it was told. */
async function* compare(
  found: AsyncIterable<ListedObject>,
  known: KnownEntries,
  after: SnapshotWriter,
): AsyncGenerator<ObjectEvent, void> {
  for await (const object of found) {
    const { key } = object;
    yield* deletedBefore(known, key);
    const mark = markOf(object);
    const old = known.peek();
    const isKnown = old?.key === key;
    if (isKnown) known.take();
    after.add({ key, mark });
    if (!isKnown) yield { kind: "created", object };
    else if (old.mark !== mark) yield { kind: "changed", object };
  }
  yield* deletedBefore(known, undefined);
}

/** Entries that a listing has passed by; undefined: all that are left. */
function* deletedBefore(
  known: KnownEntries,
  key: string | undefined,
): Generator<ObjectEvent, void> {
  for (let old = known.peek(); old !== undefined; old = known.peek()) {
    if (key !== undefined && compareKeys(old.key, key) >= 0) return;
    known.take();
    yield { kind: "deleted", key: old.key };
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  let release: (() => void) | undefined;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    release = onAbort(signal, () => {
      clearTimeout(timer);
      resolve();
    });
  });
  release?.();
}

function tooMany(prefix: string): StorageError {
  const most = watchLimits.unorderedObjects;
  const message = `${operation}: more than ${most} objects below ${prefix}, which the store lists in no order.`;
  return new StorageError("InvalidArgument", message, {
    operation,
    remedy: "Watch narrower directories.",
  });
}
