import { pageOfRows } from "../../core/list-page.ts";
import type { ListedRows } from "../../core/listed-rows.ts";
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
  const { rows, commonPrefixes, isTruncated, nextContinuationToken: token } = page;
  const next = token === undefined ? undefined : { continuationToken: token };
  const { bucket } = store;
  const names = [keysToCheck(rows), commonPrefixes];
  assertWithinPrefix(names, options.prefix, { operation, bucket });
  return pageOfRows(rows, {
    commonPrefixes,
    ...nextPlace({ isTruncated, next }, options, { operation, bucket }),
  });
}

/** By which it is judged whether all begin with a prefix: in order, what is between two that do does. */
function keysToCheck(rows: ListedRows): string[] {
  const { length } = rows;
  if (!rows.isAscending) return Array.from({ length }, (_, row) => rows.key(row));
  return length === 0 ? [] : [rows.key(0), rows.key(length - 1)];
}
