import type { Buckets } from "../transfer/buckets.ts";
import type { CommandContext } from "./context.ts";
import { retryNote } from "./retry-note.ts";

/** Opens buckets as one piece of work asks for them, and closes them whatever happens. */
export async function withBuckets<T>(
  context: CommandContext,
  work: (buckets: Buckets) => Promise<T>,
): Promise<T> {
  const settings = await context.settings();
  const { openBuckets } = await import("../open/open-transfers.ts");
  const buckets = openBuckets(settings, { onEvent: retryNote(context.output) });
  try {
    return await work(buckets);
  } finally {
    await buckets.close();
  }
}
