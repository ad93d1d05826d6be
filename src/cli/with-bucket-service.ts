import type { BucketService } from "../core/bucket-service.ts";
import type { CommandContext } from "./context.ts";
import { storeListener } from "./store-listener.ts";

/**
 * Opens the store's buckets for one piece of work, and closes them whatever happens. `owner`: the account that
 * they have to belong to.
 */
export async function withBucketService<T>(
  context: CommandContext,
  work: (service: BucketService) => Promise<T>,
  { owner }: { readonly owner?: string | undefined } = {},
): Promise<T> {
  const settings = await context.settings();
  const { openBucketService } = await import("../open/open-bucket-service.ts");
  const service = openBucketService(settings, {
    ...storeListener(context, settings),
    ...(owner !== undefined && { expectedBucketOwner: owner }),
  });
  try {
    return await work(service);
  } finally {
    await service.close();
  }
}
