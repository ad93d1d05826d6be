import type { CommandContext } from "../context.ts";
import { withBucketService } from "../with-bucket-service.ts";
import { bucketLine, bucketRecord } from "./listing-lines.ts";

/** The buckets of the credentials' account, up to so many. Answers whether there are more. */
export async function printBuckets(context: CommandContext, limit: number): Promise<boolean> {
  const { allBuckets } = await import("../../transfer/objects/all-buckets.ts");
  const { output, runtime } = context;
  return withBucketService(context, async (service) => {
    let count = 0;
    for await (const buckets of allBuckets(service, { signal: runtime.signal })) {
      const shown = buckets.slice(0, limit - count);
      await output.results(shown, { json: bucketRecord, text: bucketLine });
      count += shown.length;
      if (shown.length < buckets.length) return true;
    }
    if (count === 0) output.note("These credentials have no buckets.");
    return false;
  });
}
