import { circularPaging } from "../../core/next-place.ts";
import type { ListUploadsPage } from "../../core/multipart-options.ts";
import type { CallOptions, ObjectStore } from "../../core/object-store.ts";
import { pagesOf } from "../../core/pages-of.ts";

/** Every page of the multipart uploads that are open under a prefix. */
export function uploadPages(
  store: ObjectStore,
  prefix: string,
  options: CallOptions = {},
): AsyncGenerator<ListUploadsPage, void> {
  return pagesOf({
    read: (place: { keyMarker: string; uploadIdMarker?: string } | undefined) =>
      store.listMultipartUploads({ ...options, ...(prefix !== "" && { prefix }), ...place }),
    next: ({ nextKeyMarker: keyMarker, nextUploadIdMarker: uploadIdMarker }: ListUploadsPage) =>
      keyMarker === undefined
        ? undefined
        : { keyMarker, ...(uploadIdMarker !== undefined && { uploadIdMarker }) },
    circular: () => circularPaging({ operation: "ListMultipartUploads", bucket: store.bucket }),
  });
}
