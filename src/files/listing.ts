import { StorageError } from "../core/errors.ts";
import type { ListedObject, ListPage } from "../core/object-store.ts";
import { toKey } from "./file-context.ts";
import type { FileContext } from "./file-context.ts";
import type { DirectoryListing, ListingItem, ListingOptions } from "./file-service.ts";
import { inScope } from "./operation-scope.ts";

/** Everything below a directory, or with a raw prefix, page by page. */
export async function* list(
  context: FileContext,
  path: string,
  options: ListingOptions = {},
): AsyncGenerator<ListingItem, void> {
  const directories = options.directories ?? context.directories;
  let count = 0;
  for await (const page of pages(context, toPrefix(context, path, options), undefined, options)) {
    for (const object of page.objects) {
      if (directories === "omit" && isDirectoryMarker(object)) continue;
      count += 1;
      if (options.limit !== undefined && count > options.limit) {
        throw tooMany(context, path, options.limit);
      }
      yield toListingItem(object);
    }
  }
}

export async function getListing(
  context: FileContext,
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
  context: FileContext,
  path: string,
  options: ListingOptions = {},
): Promise<DirectoryListing> {
  const prefix = toPrefix(context, path, options);
  return inScope("listDirectory", options, async ({ signal }) => {
    const files: ListingItem[] = [];
    const directories: string[] = [];
    for await (const page of pages(context, prefix, "/", { signal })) {
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
function toPrefix(context: FileContext, path: string, options: ListingOptions): string {
  const key = toKey(context, path);
  if (options.prefixMode === "raw") return key;
  if (key === "" || key === "/") return "";
  return key.endsWith("/") ? key : `${key}/`;
}

/**
 * A store whose listing knows only whole paths is asked for the directory above a partial name, and
 * what does not begin with the name is left out here.
 */
async function* pages(
  context: FileContext,
  prefix: string,
  delimiter: string | undefined,
  options: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): AsyncGenerator<ListPage, void> {
  const { store } = context;
  const knowsPathsOnly = store.capabilities.orderedListing === "no";
  const asked = knowsPathsOnly ? prefix.slice(0, prefix.lastIndexOf("/") + 1) : prefix;
  const seen = new Set<string>();
  let continuationToken: string | undefined;
  do {
    const page: ListPage = await store.listObjects({
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      ...(asked === "" ? {} : { prefix: asked }),
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(continuationToken === undefined ? {} : { continuationToken }),
    });
    yield asked === prefix ? page : narrowed(page, prefix);
    ({ continuationToken } = page);
    if (continuationToken !== undefined && seen.has(continuationToken)) throw circular(context);
    if (continuationToken !== undefined) seen.add(continuationToken);
  } while (continuationToken !== undefined);
}

function narrowed(page: ListPage, prefix: string): ListPage {
  return {
    ...page,
    objects: page.objects.filter(({ key }) => key.startsWith(prefix)),
    commonPrefixes: page.commonPrefixes.filter((entry) => entry.startsWith(prefix)),
  };
}

function isDirectoryMarker(object: ListedObject): boolean {
  return object.sizeBytes === 0 && object.key.endsWith("/");
}

function toListingItem(object: ListedObject): ListingItem {
  return {
    Key: object.key,
    Size: object.sizeBytes,
    LastModified: object.lastModified,
    ETag: object.etag,
    ...(object.storageClass === undefined ? {} : { StorageClass: object.storageClass }),
    ...(object.checksumAlgorithm === undefined
      ? {}
      : { ChecksumAlgorithm: object.checksumAlgorithm }),
    ...(object.checksumType === undefined ? {} : { ChecksumType: object.checksumType }),
  };
}

function tooMany(context: FileContext, path: string, limit: number): StorageError {
  return new StorageError("InvalidArgument", `There are more than ${limit} files in ${path}.`, {
    operation: "getListing",
    bucket: context.store.bucket,
    remedy: "Raise the limit, list a narrower directory, or iterate over list().",
  });
}

function circular(context: FileContext): StorageError {
  return new StorageError("IntegrityError", "The store's listing leads round in a circle.", {
    operation: "getListing",
    bucket: context.store.bucket,
    remedy: "The store's paging is broken; nothing that needs the whole listing may go on.",
  });
}
