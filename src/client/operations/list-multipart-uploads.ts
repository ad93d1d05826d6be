import type { ListUploadsOptions, ListUploadsPage } from "../../core/multipart-options.ts";
import { assertWithinPrefix, nextPlace } from "../../core/next-place.ts";
import { readListMultipartUploads } from "../../protocol/documents/listings/list-multipart-uploads.ts";
import { readAnswer } from "./read-document.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "ListMultipartUploads";

export async function listMultipartUploads(
  store: StoreContext,
  options: ListUploadsOptions = {},
): Promise<ListUploadsPage> {
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      query: {
        uploads: "",
        prefix: options.prefix,
        delimiter: options.delimiter,
        "key-marker": options.keyMarker,
        "upload-id-marker": options.uploadIdMarker,
        "max-uploads": options.maxUploads,
        "encoding-type": "url",
      },
    },
    options,
  );
  const page = readAnswer(
    operation,
    answer,
    "ListMultipartUploadsResult",
    readListMultipartUploads,
  );
  const { uploads, commonPrefixes, isTruncated, nextKeyMarker, nextUploadIdMarker } = page;
  const next =
    nextKeyMarker === undefined
      ? undefined
      : { nextKeyMarker, ...(nextUploadIdMarker !== undefined && { nextUploadIdMarker }) };
  const from = { nextKeyMarker: options.keyMarker, nextUploadIdMarker: options.uploadIdMarker };
  const { bucket } = store;
  const names = [uploads.map(({ key }) => key), commonPrefixes];
  assertWithinPrefix(names, options.prefix, { operation, bucket });
  return {
    uploads,
    commonPrefixes,
    ...nextPlace({ isTruncated, next }, from, { operation, bucket }),
  };
}
