import type { BucketService, ListedBucket } from "../../core/bucket-service.ts";
import { circularPaging } from "../../core/next-place.ts";
import type { CallOptions } from "../../core/object-store.ts";
import { pagesOf } from "../../core/pages-of.ts";

/** Every bucket, page after page. */
export async function* allBuckets(
  service: BucketService,
  options: CallOptions & { readonly prefix?: string } = {},
): AsyncGenerator<readonly ListedBucket[], void> {
  const pages = pagesOf({
    read: (continuationToken: string | undefined) =>
      service.listBuckets({
        ...options,
        ...(continuationToken !== undefined && { continuationToken }),
      }),
    next: (page) => page.continuationToken,
    circular: () => circularPaging({ operation: "ListBuckets" }),
  });
  for await (const { buckets } of pages) yield buckets;
}
