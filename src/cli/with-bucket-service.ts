import type { BucketService } from "../core/bucket-service.ts";
import type { CommandContext } from "./context.ts";
import { retryNote } from "./retry-note.ts";

/** Opens the store's buckets for one piece of work, and closes them whatever happens. */
export async function withBucketService<T>(
  context: CommandContext,
  work: (service: BucketService) => Promise<T>,
): Promise<T> {
  const settings = await context.settings();
  const { openBucketService } = await import("../open/open-bucket-service.ts");
  const service = openBucketService(settings, { onEvent: retryNote(context.output) });
  try {
    return await work(service);
  } finally {
    await service.close();
  }
}
