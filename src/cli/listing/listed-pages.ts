import { rowsOf, rowsOfObjects } from "../../core/list-page.ts";
import type { ListedRows } from "../../core/listed-rows.ts";
import type {
  CallOptions,
  ListedObject,
  ListedVersion,
  ObjectStore,
} from "../../core/object-store.ts";
import type { KeyChoice } from "../../transfer/selection/choose-keys.ts";

/** What a listing is to show. */
export interface ListingWish {
  readonly choice: KeyChoice;
  readonly recursive: boolean;
  /** Older versions and delete markers too. */
  readonly versions: boolean;
  /** As it was then. */
  readonly moment?: Date;
}

/** Part of a listing. */
export interface ListedPage {
  readonly commonPrefixes: readonly string[];
  /** The objects; as of a moment with their `versionId`. */
  readonly rows: ListedRows;
  /** Only when versions are wanted. */
  readonly versions: readonly ListedVersion[];
  readonly hasMore: boolean;
  /** Of a moment alone: whether some version seen shows that the bucket keeps them. */
  readonly keepsVersions?: boolean;
}

type PageOptions = CallOptions & { readonly pageKeys?: () => number };

/** The pages of a listing, with what is not meant left out. */
export async function* listedPages(
  store: ObjectStore,
  wish: ListingWish,
  { pageKeys, ...call }: PageOptions,
): AsyncGenerator<ListedPage, void> {
  const { choice, recursive, moment } = wish;
  const options = { ...call, ...(!recursive && { delimiter: "/" }) };
  // A page of which something is left out may have any number of keys.
  const sized = { ...options, ...(pageKeys !== undefined && choice.isAll && { pageKeys }) };
  const pages =
    moment !== undefined
      ? pastPages(store, choice.prefix, moment, options)
      : wish.versions
        ? allVersions(store, choice.prefix, sized)
        : presentPages(store, choice.prefix, sized);
  for await (const page of pages) yield choice.isAll ? page : chosen(page, choice);
}

async function* presentPages(
  store: ObjectStore,
  prefix: string,
  options: PageOptions & { readonly delimiter?: string },
): AsyncGenerator<ListedPage, void> {
  const { listPages } = await import("../../transfer/objects/list-pages.ts");
  for await (const page of listPages(store, prefix, options)) {
    const { commonPrefixes, continuationToken } = page;
    const hasMore = continuationToken !== undefined;
    yield { rows: rowsOf(page), commonPrefixes, versions: [], hasMore };
  }
}

async function* allVersions(
  store: ObjectStore,
  prefix: string,
  options: PageOptions & { readonly delimiter?: string },
): AsyncGenerator<ListedPage, void> {
  const { versionPages } = await import("../../transfer/versions/version-pages.ts");
  for await (const page of versionPages(store, prefix, options)) {
    const { versions, commonPrefixes, nextKeyMarker } = page;
    yield { rows: noRows, commonPrefixes, versions, hasMore: nextKeyMarker !== undefined };
  }
}

async function* pastPages(
  store: ObjectStore,
  prefix: string,
  moment: Date,
  options: CallOptions & { readonly delimiter?: string },
): AsyncGenerator<ListedPage, void> {
  const { pagesAsOf } = await import("../../transfer/versions/as-of.ts");
  for await (const { objects, ...page } of pagesAsOf(store, prefix, moment, options)) {
    yield { ...page, rows: rowsOfObjects(objects.map(asObject)), versions: [] };
  }
}

const noRows = rowsOfObjects([]);

function asObject(version: ListedVersion): ListedObject & { readonly versionId: string } {
  const { key, sizeBytes, etag = "", lastModified, versionId, storageClass } = version;
  const kept = storageClass !== undefined && { storageClass };
  return { key, sizeBytes, etag, lastModified, ...kept, versionId };
}

function chosen(page: ListedPage, choice: KeyChoice): ListedPage {
  return {
    ...page,
    rows: rowsOfObjects(page.rows.objects().filter((object) => choice.accepts(object))),
    versions: page.versions.filter((version) => choice.accepts(version)),
    commonPrefixes: page.commonPrefixes.filter((folder) => choice.mayAcceptBelow(folder)),
  };
}
