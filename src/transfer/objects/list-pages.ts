import type {
  CallOptions,
  ListedObject,
  ListOptions,
  ListPage,
  ObjectStore,
} from "../../core/object-store.ts";
import { circularPaging } from "../../core/next-place.ts";
import { rowsOf } from "../../core/list-page.ts";
import { pagesOf } from "../../core/pages-of.ts";
import { SplitListing } from "../listing/split-listing.ts";
import type { TransferContext } from "../transfer-context.ts";

/** Which part of a listing is wanted. */
export interface PagesOptions extends CallOptions {
  readonly delimiter?: string;
  /** Asked before each page: how many entries it may have, 1 to 1,000. Default 1,000. */
  readonly pageKeys?: () => number;
  /** Where the first page begins. Default: at the beginning. */
  readonly from?: Pick<ListOptions, "continuationToken" | "startAfter">;
}

/**
 * Every page of what begins with a prefix, in order; of long listings several are asked for at a time
 * (`SplitListing`), unless their size or a beginning is asked for. A store whose listing knows only whole paths is
 * asked for the directory above a partial name, and what does not begin with the name is left out here.
 */
export async function* listPages(
  store: ObjectStore,
  prefix: string,
  options: PagesOptions = {},
): AsyncGenerator<ListPage, void> {
  const { delimiter, pageKeys, from } = options;
  const knowsPathsOnly = store.capabilities.orderedListing === "no";
  const asked = knowsPathsOnly ? prefix.slice(0, prefix.lastIndexOf("/") + 1) : prefix;
  const call = listCall(asked, options);
  const isPlain = delimiter === undefined && pageKeys === undefined && from === undefined;
  if (!knowsPathsOnly && isPlain) {
    yield* splitting(store, prefix, call);
    return;
  }
  for await (const page of inTurn(store, call, options)) {
    yield asked === prefix ? page : narrowed(page, prefix);
  }
}

function listCall(prefix: string, { delimiter, signal, timeoutMs }: PagesOptions): ListOptions {
  return {
    ...(signal !== undefined && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(delimiter !== undefined && { delimiter }),
    ...(prefix !== "" && { prefix }),
  };
}

function splitting(
  store: ObjectStore,
  prefix: string,
  call: ListOptions,
): AsyncGenerator<ListPage, void> {
  const { signal } = call;
  return new SplitListing({
    bucket: store.bucket,
    prefix,
    read: (place, inner) => store.listObjects({ ...call, ...place, signal: inner }),
    ...(signal !== undefined && { signal }),
  }).pages();
}

function inTurn(
  store: ObjectStore,
  fixed: ListOptions,
  { pageKeys, from }: PagesOptions,
): AsyncGenerator<ListPage, void> {
  return pagesOf({
    read: (continuationToken: string | undefined) =>
      store.listObjects({
        ...fixed,
        ...(continuationToken === undefined ? from : { continuationToken }),
        ...(pageKeys !== undefined && { maxKeys: pageKeys() }),
      }),
    next: (page: ListPage) => page.continuationToken,
    circular: () => circularPaging({ operation: "ListObjectsV2", bucket: store.bucket }),
  });
}

/** The objects of a page, with or without the markers of directories. */
export function objectsOf(
  page: ListPage,
  directories: TransferContext["directories"],
): readonly ListedObject[] {
  if (directories === "include") return page.objects;
  return page.objects.filter((object) => !isDirectoryMarker(object));
}

/**
 * The same one after the other, each made when it is asked for: who takes its time with them does not hold all of a
 * page. Nothing else may be read of the page.
 */
export function* eachObject(
  page: ListPage,
  directories: TransferContext["directories"],
): Generator<ListedObject, void> {
  const rows = rowsOf(page);
  for (let row = 0; row < rows.length; row += 1) {
    const object = rows.object(row);
    if (directories === "include" || !isDirectoryMarker(object)) yield object;
  }
  rows.release();
}

/** A zero-byte object whose key ends in `/`. */
export function isDirectoryMarker(object: Pick<ListedObject, "key" | "sizeBytes">): boolean {
  return object.sizeBytes === 0 && object.key.endsWith("/");
}

function narrowed(page: ListPage, prefix: string): ListPage {
  return {
    ...page,
    objects: page.objects.filter(({ key }) => key.startsWith(prefix)),
    commonPrefixes: page.commonPrefixes.filter((entry) => entry.startsWith(prefix)),
  };
}
