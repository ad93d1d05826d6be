import type { ListVersionsOptions, ListVersionsPage } from "../../core/object-store.ts";
import { assertWithinPrefix, nextPlace } from "../../core/next-place.ts";
import { groupVersions } from "./group-versions.ts";
import { readListObjectVersions } from "../../protocol/documents/listings/list-object-versions.ts";
import { readAnswer } from "./read-document.ts";
import { requireAbility, type StoreContext } from "./store-context.ts";

const operation = "ListObjectVersions";

export async function listObjectVersions(
  store: StoreContext,
  options: ListVersionsOptions = {},
): Promise<ListVersionsPage> {
  requireAbility(store, "versioning", { operation, name: "versioning" });
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      query: {
        versions: "",
        prefix: options.prefix,
        delimiter: options.delimiter,
        "key-marker": options.keyMarker,
        "version-id-marker": options.versionIdMarker,
        "max-keys": options.maxKeys,
        "encoding-type": "url",
      },
    },
    options,
  );
  const page = readAnswer(operation, answer, "ListVersionsResult", readListObjectVersions);
  const { versions, commonPrefixes, isTruncated, nextKeyMarker, nextVersionIdMarker } = page;
  const next =
    nextKeyMarker === undefined
      ? undefined
      : { nextKeyMarker, ...(nextVersionIdMarker !== undefined && { nextVersionIdMarker }) };
  const from = { nextKeyMarker: options.keyMarker, nextVersionIdMarker: options.versionIdMarker };
  const { bucket } = store;
  const names = [versions.map(({ key }) => key), commonPrefixes];
  assertWithinPrefix(names, options.prefix, { operation, bucket });
  const isOrdered = store.capabilities.orderedListing !== "no";
  return {
    versions: groupVersions(versions, { isOrdered }),
    commonPrefixes,
    ...nextPlace({ isTruncated, next }, from, { operation, bucket }),
  };
}
