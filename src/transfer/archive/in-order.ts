import { onAbort } from "../../core/on-abort.ts";

/** Work on many items, side by side. */
export interface OrderedWork<Item, Result> {
  /** Read only as far ahead as the bounds allow. */
  readonly items: (signal: AbortSignal) => AsyncIterable<Item>;
  readonly work: (item: Item, signal: AbortSignal) => Promise<Result>;
  /** What the result of an item takes in memory. */
  readonly sizeOf: (item: Item) => number;
  readonly signal: AbortSignal;
  /** Items worked on at a time. */
  readonly lanes: number;
  /** The same until the first one is done. Default: `lanes`. */
  readonly firstLanes?: number;
  /** Of results on their way or waiting for their turn; one is always allowed. */
  readonly heldBytes: number;
  readonly heldItems: number;
}

/** What became of an item. `result` throws what the work threw. */
export interface OrderedResult<Item, Result> {
  readonly item: Item;
  readonly result: Promise<Result>;
}

/**
 * Results in the order of their items, worked out ahead of whoever takes them. Who leaves early stops
 * what is under way. Throws what the items throw, once what came before was taken.
 */
export async function* inOrder<Item, Result>({
  items,
  work,
  sizeOf,
  signal: outer,
  firstLanes = Number.POSITIVE_INFINITY,
  ...bounds
}: OrderedWork<Item, Result>): AsyncGenerator<OrderedResult<Item, Result>, void> {
  const controller = new AbortController();
  const release = onAbort(outer, () => controller.abort(outer.reason));
  const queue: (OrderedResult<Item, Result> & { readonly sizeBytes: number })[] = [];
  const taker = { hasLeft: false };
  let state: { readonly ended: boolean; readonly error?: unknown } = { ended: false };
  let [running, heldBytes, lanes] = [0, 0, Math.min(firstLanes, bounds.lanes)];
  let wakeTaker: (() => void) | undefined;
  let wakeFiller: (() => void) | undefined;

  const isFull = (sizeBytes: number): boolean =>
    running >= lanes ||
    queue.length >= bounds.heldItems ||
    (heldBytes > 0 && heldBytes + sizeBytes > bounds.heldBytes);

  const start = (item: Item, sizeBytes: number): void => {
    running += 1;
    heldBytes += sizeBytes;
    const result = work(item, controller.signal).finally(() => {
      running -= 1;
      lanes = bounds.lanes;
      wakeFiller?.();
    });
    // Whoever takes it hears of it; until then it is no unhandled one.
    result.catch(() => undefined);
    queue.push({ item, result, sizeBytes });
    wakeTaker?.();
  };

  const fill = async (): Promise<void> => {
    try {
      for await (const item of items(controller.signal)) {
        const sizeBytes = sizeOf(item);
        while (!taker.hasLeft && isFull(sizeBytes)) {
          await new Promise<void>((resolve) => (wakeFiller = resolve));
        }
        if (taker.hasLeft) break;
        start(item, sizeBytes);
      }
      state = { ended: true };
    } catch (error) {
      state = { ended: true, error };
    }
    wakeTaker?.();
  };

  const filling = fill();
  try {
    for (;;) {
      const next = queue.shift();
      if (next !== undefined) {
        yield next;
        heldBytes -= next.sizeBytes;
        wakeFiller?.();
      } else if (state.ended) {
        if ("error" in state) throw state.error;
        return;
      } else await new Promise<void>((resolve) => (wakeTaker = resolve));
    }
  } finally {
    taker.hasLeft = true;
    controller.abort();
    wakeFiller?.();
    release();
    await filling;
    await Promise.allSettled(queue.map(({ result }) => result));
  }
}
