/**
 * The items of a source, read up to so many ahead of whoever takes them: what is still to come is
 * known the sooner. Those that are `urgent` are given before all others that are known by then. Throws
 * what the source throws, once what came before was taken.
 */
export async function* readAhead<Item>(
  source: AsyncIterable<Item>,
  mostItems: number,
  urgent: (item: Item) => boolean = () => false,
): AsyncGenerator<Item, void> {
  const items: Item[] = [];
  const urgentItems: Item[] = [];
  let state: { readonly ended: boolean; readonly error?: unknown } = { ended: false };
  const taker = { hasLeft: false };
  let wakeTaker: (() => void) | undefined;
  let wakeReader: (() => void) | undefined;

  async function read(): Promise<void> {
    try {
      for await (const item of source) {
        (urgent(item) ? urgentItems : items).push(item);
        wakeTaker?.();
        while (items.length + urgentItems.length >= mostItems && !taker.hasLeft) {
          await new Promise<void>((resolve) => (wakeReader = resolve));
        }
        if (taker.hasLeft) break;
      }
      state = { ended: true };
    } catch (error) {
      state = { ended: true, error };
    }
    wakeTaker?.();
  }

  const reading = read();
  try {
    for (;;) {
      const item = urgentItems.shift() ?? items.shift();
      if (item !== undefined) {
        wakeReader?.();
        yield item;
      } else if (state.ended) {
        if ("error" in state) throw state.error;
        return;
      } else await new Promise<void>((resolve) => (wakeTaker = resolve));
    }
  } finally {
    taker.hasLeft = true;
    wakeReader?.();
    await reading;
  }
}
