import type { ListOptions, ListPage } from "../../core/object-store.ts";
import { assertWithinPrefix, nextPlace } from "../../core/next-place.ts";
import { readListObjects } from "../../protocol/documents/listings/list-objects.ts";
import { readAnswer } from "./read-document.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "ListObjectsV2";

export async function listObjects(
  store: StoreContext,
  options: ListOptions = {},
): Promise<ListPage> {
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      query: {
        "list-type": 2,
        prefix: options.prefix,
        delimiter: options.delimiter,
        "start-after": options.startAfter,
        "continuation-token": options.continuationToken,
        "max-keys": options.maxKeys,
        "encoding-type": "url",
      },
    },
    options,
  );
  const page = readAnswer(operation, answer, "ListBucketResult", readListObjects);
  const { objects, commonPrefixes, isTruncated, nextContinuationToken: token } = page;
  const next = token === undefined ? undefined : { continuationToken: token };
  const { bucket } = store;
  const names = [objects.map(({ key }) => key), commonPrefixes];
  assertWithinPrefix(names, options.prefix, { operation, bucket });
  return {
    objects,
    commonPrefixes,
    ...nextPlace({ isTruncated, next }, options, { operation, bucket }),
  };
}
