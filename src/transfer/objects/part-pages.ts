import { circularPaging } from "../../core/next-place.ts";
import type { ListPartsPage } from "../../core/multipart-options.ts";
import type { CallOptions, ObjectStore, UploadAddress } from "../../core/object-store.ts";
import { pagesOf } from "../../core/pages-of.ts";

/** Every page of the parts that an unfinished upload has so far. */
export function partPages(
  store: ObjectStore,
  upload: UploadAddress,
  options: CallOptions = {},
): AsyncGenerator<ListPartsPage, void> {
  return pagesOf({
    read: (partNumberMarker: number | undefined) =>
      store.listParts(upload, {
        ...options,
        ...(partNumberMarker !== undefined && { partNumberMarker }),
      }),
    next: (page: ListPartsPage) => page.nextPartNumberMarker,
    circular: () => circularPaging({ operation: "ListParts", bucket: store.bucket }),
  });
}
