import { join } from "node:path";
import type { Buckets } from "../transfer/buckets.ts";
import type { CommandContext } from "./context.ts";
import { retryNote } from "./retry-note.ts";

export interface WithBucketsOptions {
  /** Goes on with large transfers that an earlier run began. Default false. */
  readonly resume?: boolean;
}

/** Opens buckets as one piece of work asks for them, and closes them whatever happens. */
export async function withBuckets<T>(
  context: CommandContext,
  work: (buckets: Buckets) => Promise<T>,
  { resume = false }: WithBucketsOptions = {},
): Promise<T> {
  const settings = await context.settings();
  const { openBuckets } = await import("../open/open-transfers.ts");
  const { defaultStateFolder } = await import("../open/state-folder.ts");
  const state = defaultStateFolder(context.runtime.environment);
  const buckets = openBuckets(settings, {
    onEvent: retryNote(context.output),
    ...(resume && { resumeFolder: join(state, "transfers") }),
  });
  try {
    return await work(buckets);
  } finally {
    await buckets.close();
  }
}
