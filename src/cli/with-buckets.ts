import { join } from "node:path";
import type { Settings } from "../settings/settings.ts";
import type { Buckets } from "../transfer/buckets.ts";
import type { CommandContext } from "./context.ts";
import { storeListener } from "./store-listener.ts";

export interface WithBucketsOptions {
  /** Goes on with large transfers that an earlier run began. Default false. */
  readonly resume?: boolean;
  /** Default: those of the command line. */
  readonly settings?: Settings;
}

/** Opens buckets as one piece of work asks for them, and closes them whatever happens. */
export async function withBuckets<T>(
  context: CommandContext,
  work: (buckets: Buckets) => Promise<T>,
  { resume = false, settings: given }: WithBucketsOptions = {},
): Promise<T> {
  const settings = given ?? (await context.settings());
  const { openBuckets } = await import("../open/open-transfers.ts");
  const { defaultStateFolder } = await import("../open/state-folder.ts");
  const state = defaultStateFolder(context.runtime.environment);
  const buckets = openBuckets(settings, {
    ...storeListener(context, settings),
    ...(resume && { resumeFolder: join(state, "transfers") }),
  });
  try {
    return await work(buckets);
  } finally {
    await buckets.close();
  }
}
