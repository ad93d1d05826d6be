import { StorageError } from "../core/errors.ts";
import { asFolder, formatS3Uri } from "../core/object-key.ts";
import type { CallOptions, ListedObject, ListedVersion } from "../core/object-store.ts";
import { isDirectoryMarker, listPages, objectsOf } from "../transfer/objects/list-pages.ts";
import { assertRunning, inScope } from "../transfer/operation-scope.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import { versionPages, versionsOfKey } from "../transfer/versions/version-pages.ts";
import type { DirectoryListing, ListingItem, ListingOptions } from "./result-types.ts";
import { formatCursor, readObjectCursor, readVersionCursor } from "./listing-cursor.ts";
import type { FileListing, ListingPage, PagedListingOptions } from "./listing-types.ts";
import { toKey } from "./to-key.ts";
import type { FileVersion } from "./version-types.ts";

/** Everything below a directory, or with a raw prefix. `take`: what was asked, checked before anything is read. */
export function list(
  context: TransferContext,
  path: string,
  take: () => PagedListingOptions | undefined,
): FileListing {
  async function* checked<T>(
    read: (wishes: PagedListingOptions) => AsyncGenerator<T>,
  ): AsyncGenerator<T, void> {
    yield* read(take() ?? {});
  }
  return {
    pages: () => checked((wishes) => listingPages(context, path, { pageSize: 1000, ...wishes })),
    [Symbol.asyncIterator]: () => checked((wishes) => listItems(context, path, wishes)),
  };
}

async function* listItems(
  context: TransferContext,
  path: string,
  options: PagedListingOptions,
): AsyncGenerator<ListingItem, void> {
  for await (const { files } of listingPages(context, path, options)) {
    for (const file of files) {
      assertRunning("list", options.signal);
      yield file;
    }
  }
}

async function* listingPages(
  context: TransferContext,
  path: string,
  options: PagedListingOptions,
): AsyncGenerator<ListingPage, void> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const prefix = toPrefix(context, path, options);
  assertOrder(context, options);
  let count = 0;
  const pages = options.versions === true ? pagesOfVersions : pagesOfObjects;
  for await (const page of pages(context, prefix, options)) {
    count += page.files.length + page.directories.length;
    if (count > limit) throw tooMany(context, path, limit);
    yield page;
  }
}

/** What both kinds of listing are asked alike. */
function pageWish({ delimiter, pageSize, signal, timeoutMs }: PagedListingOptions) {
  return {
    ...(delimiter !== undefined && { delimiter }),
    ...(pageSize !== undefined && { pageKeys: () => pageSize }),
    ...(signal !== undefined && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

function assertOrder({ store }: TransferContext, { startAfter }: PagedListingOptions): void {
  if (startAfter === undefined || store.capabilities.orderedListing !== "no") return;
  const message = "list: this store lists in no order, so there is nothing behind a key.";
  throw new StorageError("NotSupported", message, {
    operation: "list",
    bucket: store.bucket,
    remedy: "Go on by the cursor of a page instead of startAfter.",
  });
}

async function* pagesOfObjects(
  context: TransferContext,
  prefix: string,
  options: PagedListingOptions,
): AsyncGenerator<ListingPage, void> {
  const { cursor, startAfter, directories = context.directories } = options;
  const behind = startAfter === undefined ? undefined : { startAfter };
  const from = cursor === undefined ? behind : readObjectCursor(cursor);
  const wish = { ...pageWish(options), ...(from !== undefined && { from }) };
  for await (const page of listPages(context.store, prefix, wish)) {
    const { continuationToken } = page;
    yield {
      files: objectsOf(page, directories).map(toListingItem),
      directories: page.commonPrefixes,
      ...(continuationToken !== undefined && { cursor: formatCursor({ continuationToken }) }),
    };
  }
}

async function* pagesOfVersions(
  context: TransferContext,
  prefix: string,
  options: PagedListingOptions,
): AsyncGenerator<ListingPage, void> {
  const { cursor, startAfter, directories = context.directories } = options;
  const behind = startAfter === undefined ? undefined : { keyMarker: startAfter };
  const from = cursor === undefined ? behind : readVersionCursor(cursor);
  const wish = { ...pageWish(options), ...(from !== undefined && { from }) };
  const omits = directories === "omit";
  for await (const page of versionPages(context.store, prefix, wish)) {
    const { nextKeyMarker: keyMarker, nextVersionIdMarker: versionIdMarker } = page;
    const next = keyMarker !== undefined && {
      cursor: formatCursor({
        keyMarker,
        ...(versionIdMarker !== undefined && { versionIdMarker }),
      }),
    };
    const files = page.versions.filter((version) => !omits || !isDirectoryMarker(version));
    yield { files: files.map(toFileVersion), directories: page.commonPrefixes, ...next };
  }
}

/** Of one file, the newest first. Throws NotFound where there is none, as for a file that is missing. */
export async function* versionsOf(
  { store }: TransferContext,
  key: string,
  options: CallOptions = {},
): AsyncGenerator<FileVersion, void> {
  let count = 0;
  for await (const versions of versionsOfKey(store, key, options)) {
    count += versions.length;
    yield* versions.map(toFileVersion);
  }
  if (count > 0) return;
  const uri = formatS3Uri({ bucket: store.bucket, key });
  const message = `versions: there is no version of ${uri}.`;
  throw new StorageError("NotFound", message, { operation: "versions", bucket: store.bucket, key });
}

export async function getListing(
  context: TransferContext,
  path: string,
  options: ListingOptions = {},
): Promise<ListingItem[]> {
  return inScope("getListing", options, async ({ signal }) => {
    const items: ListingItem[] = [];
    const { timeoutMs: _whole, onProgress, ...rest } = options;
    for await (const { files } of listingPages(context, path, { ...rest, signal })) {
      assertRunning("getListing", signal);
      for (const file of files) items.push(file);
      onProgress?.({ done: items.length });
    }
    onProgress?.({ done: items.length, total: items.length });
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
    const { limit, onProgress } = options;
    for await (const page of listPages(context.store, prefix, { delimiter: "/", signal })) {
      directories.push(...page.commonPrefixes);
      for (const object of page.objects) {
        // A marker of the directory itself is not a file in it.
        if (object.key !== prefix || !isDirectoryMarker(object)) files.push(toListingItem(object));
      }
      const done = files.length + directories.length;
      if (limit !== undefined && done > limit) throw tooMany(context, path, limit);
      onProgress?.({ done });
    }
    const total = files.length + directories.length;
    onProgress?.({ done: total, total });
    return { files, directories };
  });
}

/** `a/b` means what is below `a/b/`; empty and `/` mean all. With `raw` nothing is added. */
export function toPrefix(
  context: TransferContext,
  path: string,
  options: Pick<ListingOptions, "prefixMode">,
): string {
  const key = toKey(context.store.bucket, path);
  if (options.prefixMode === "raw") return key;
  return key === "/" ? "" : asFolder(key);
}

export function toListingItem(object: ListedObject): ListingItem {
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

function toFileVersion(version: ListedVersion): FileVersion {
  const { versionId, isLatest, isDeleteMarker, etag = "" } = version;
  return {
    ...toListingItem({ ...version, etag }),
    VersionId: versionId,
    IsLatest: isLatest,
    IsDeleteMarker: isDeleteMarker,
  };
}

function tooMany(context: TransferContext, path: string, limit: number): StorageError {
  return new StorageError("InvalidArgument", `There are more than ${limit} files in ${path}.`, {
    operation: "getListing",
    bucket: context.store.bucket,
    remedy: "Raise the limit, list a narrower directory, or iterate over list().",
  });
}
