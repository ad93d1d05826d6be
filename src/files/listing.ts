import { StorageError } from "../core/errors.ts";
import { asFolder } from "../core/object-key.ts";
import type { ListedObject } from "../core/object-store.ts";
import { isDirectoryMarker, listPages, objectsOf } from "../transfer/objects/list-pages.ts";
import { assertRunning, inScope } from "../transfer/operation-scope.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import type { DirectoryListing, ListingItem, ListingOptions } from "./file-service.ts";
import { toKey } from "./to-key.ts";

/** Everything below a directory, or with a raw prefix, page by page. */
export async function* list(
  context: TransferContext,
  path: string,
  options: ListingOptions = {},
): AsyncGenerator<ListingItem, void> {
  const directories = options.directories ?? context.directories;
  let count = 0;
  for await (const page of listPages(context.store, toPrefix(context, path, options), options)) {
    for (const object of objectsOf(page, directories)) {
      count += 1;
      assertRunning("list", options.signal);
      if (options.limit !== undefined && count > options.limit) {
        throw tooMany(context, path, options.limit);
      }
      yield toListingItem(object);
    }
  }
}

export async function getListing(
  context: TransferContext,
  path: string,
  options: ListingOptions = {},
): Promise<ListingItem[]> {
  return inScope("getListing", options, async ({ signal }) => {
    const items: ListingItem[] = [];
    const { timeoutMs: _whole, ...rest } = options;
    for await (const item of list(context, path, { ...rest, signal })) items.push(item);
    return items;
  });
}

export async function listDirectory(
  context: TransferContext,
  path: string,
  options: ListingOptions = {},
): Promise<DirectoryListing> {
  const prefix = toPrefix(context, path, options);
  return inScope("listDirectory", options, async ({ signal }) => {
    const files: ListingItem[] = [];
    const directories: string[] = [];
    for await (const page of listPages(context.store, prefix, { delimiter: "/", signal })) {
      directories.push(...page.commonPrefixes);
      for (const object of page.objects) {
        // A marker of the directory itself is not a file in it.
        if (object.key !== prefix || !isDirectoryMarker(object)) files.push(toListingItem(object));
      }
      const { limit } = options;
      if (limit !== undefined && files.length + directories.length > limit) {
        throw tooMany(context, path, limit);
      }
    }
    return { files, directories };
  });
}

/** `a/b` means what is below `a/b/`; empty and `/` mean all. With `raw` nothing is added. */
function toPrefix(context: TransferContext, path: string, options: ListingOptions): string {
  const key = toKey(context.store.bucket, path);
  if (options.prefixMode === "raw") return key;
  return key === "/" ? "" : asFolder(key);
}

function toListingItem(object: ListedObject): ListingItem {
  return {
    Key: object.key,
    Size: object.sizeBytes,
    LastModified: object.lastModified,
    ETag: object.etag,
    ...(object.storageClass !== undefined && { StorageClass: object.storageClass }),
    ...(object.checksumAlgorithm !== undefined && { ChecksumAlgorithm: object.checksumAlgorithm }),
    ...(object.checksumType !== undefined && { ChecksumType: object.checksumType }),
  };
}

function tooMany(context: TransferContext, path: string, limit: number): StorageError {
  return new StorageError("InvalidArgument", `There are more than ${limit} files in ${path}.`, {
    operation: "getListing",
    bucket: context.store.bucket,
    remedy: "Raise the limit, list a narrower directory, or iterate over list().",
  });
}
