import { circularPaging } from "../../core/next-place.ts";
import type {
  CallOptions,
  ListedVersion,
  ListVersionsOptions,
  ListVersionsPage,
  ObjectStore,
} from "../../core/object-store.ts";
import { pagesOf } from "../../core/pages-of.ts";

/** Which part of a bucket's versions is wanted. */
export interface VersionPagesOptions extends CallOptions {
  readonly delimiter?: string;
  /** Asked before each page: how many entries it may have, 1 to 1,000. Default 1,000. */
  readonly pageKeys?: () => number;
  /** Asked after each page: a key behind which to go on in place of the page's own end. */
  readonly skipTo?: (page: ListVersionsPage) => string | undefined;
  /** Where the first page begins. Default: at the beginning. */
  readonly from?: Pick<ListVersionsOptions, "keyMarker" | "versionIdMarker">;
}

interface Place {
  readonly keyMarker: string;
  readonly versionIdMarker?: string;
}

/**
 * Every page of the versions and delete markers of what begins with a prefix: the keys in order, of
 * each the newest first. A store whose listing knows only whole paths is asked for the directory
 * above a partial name.
 */
export async function* versionPages(
  store: ObjectStore,
  prefix: string,
  { delimiter, signal, timeoutMs, pageKeys, skipTo, from }: VersionPagesOptions = {},
): AsyncGenerator<ListVersionsPage, void> {
  const knowsPathsOnly = store.capabilities.orderedListing === "no";
  const asked = knowsPathsOnly ? prefix.slice(0, prefix.lastIndexOf("/") + 1) : prefix;
  const fixed = {
    ...(signal !== undefined && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(delimiter !== undefined && { delimiter }),
    ...(asked !== "" && { prefix: asked }),
  };
  const pages = pagesOf({
    read: (place: Place | undefined) =>
      store.listObjectVersions({
        ...fixed,
        ...(place ?? from),
        ...(pageKeys !== undefined && { maxKeys: pageKeys() }),
      }),
    next: (page: ListVersionsPage): Place | undefined => {
      if (page.nextKeyMarker === undefined) return undefined;
      const skipped = skipTo?.(page);
      if (skipped !== undefined) return { keyMarker: skipped };
      const { nextKeyMarker: keyMarker, nextVersionIdMarker: versionIdMarker } = page;
      return { keyMarker, ...(versionIdMarker !== undefined && { versionIdMarker }) };
    },
    circular: () => circularPaging({ operation: "ListObjectVersions", bucket: store.bucket }),
  });
  for await (const page of pages) yield asked === prefix ? page : narrowed(page, prefix);
}

/** The versions of one key alone, newest first. */
export async function* versionsOfKey(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): AsyncGenerator<readonly ListedVersion[], void> {
  const isOrdered = store.capabilities.orderedListing !== "no";
  for await (const { versions } of versionPages(store, key, options)) {
    const own = versions.filter((version) => version.key === key);
    if (own.length > 0) yield own;
    // The key itself comes first of all that begin with it.
    if (isOrdered && own.length < versions.length) return;
  }
}

function narrowed(page: ListVersionsPage, prefix: string): ListVersionsPage {
  return {
    ...page,
    versions: page.versions.filter(({ key }) => key.startsWith(prefix)),
    commonPrefixes: page.commonPrefixes.filter((entry) => entry.startsWith(prefix)),
  };
}
