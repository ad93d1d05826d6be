import { join } from "node:path";
import type { StorePace } from "../client/store-pace.ts";
import type { Settings } from "../settings/settings.ts";
import type { Buckets } from "../transfer/buckets.ts";
import type { CommandContext } from "./context.ts";
import { storeListener } from "./store-listener.ts";

export interface WithBucketsOptions {
  /** Goes on with large transfers that an earlier run began. Default false. */
  readonly resume?: boolean;
  /** Default: those of the command line. */
  readonly settings?: Settings;
  /** Default: as fast as it goes. */
  readonly pace?: StorePace;
  /** The accounts that buckets have to belong to. Default: nobody looks. */
  readonly owners?: ReadonlyMap<string, string>;
}

/** Opens buckets as one piece of work asks for them, and closes them whatever happens. */
export async function withBuckets<T>(
  context: CommandContext,
  work: (buckets: Buckets) => Promise<T>,
  { resume = false, settings: given, pace, owners }: WithBucketsOptions = {},
): Promise<T> {
  const settings = given ?? (await context.settings());
  const { openBuckets } = await import("../open/open-transfers.ts");
  const { defaultStateFolder } = await import("../open/state-folder.ts");
  const state = defaultStateFolder(context.runtime.environment);
  const buckets = openBuckets(settings, {
    ...storeListener(context, settings),
    ...(pace !== undefined && { pace }),
    ...(owners !== undefined && { owners }),
    ...(resume && { resumeFolder: join(state, "transfers") }),
  });
  try {
    return await work(buckets);
  } finally {
    await buckets.close();
  }
}
