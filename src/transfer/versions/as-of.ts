import { StorageError } from "../../core/errors.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import type {
  CallOptions,
  ListedVersion,
  ListVersionsPage,
  ObjectStore,
} from "../../core/object-store.ts";
import { versionPages, versionsOfKey } from "./version-pages.ts";

/** What was there, out of one page of versions. */
export interface PastPage {
  readonly objects: readonly ListedVersion[];
  readonly commonPrefixes: readonly string[];
  /** Of this page, a version other than `null`: only where a bucket keeps versions is there a past. */
  readonly keepsVersions: boolean;
  readonly hasMore: boolean;
}

export interface PastOptions extends CallOptions {
  /** Folds what lies behind it into `commonPrefixes`, each told once. */
  readonly delimiter?: string;
}

/** Behind all keys that begin with a prefix; the last of Unicode's code points. */
const lastCharacter = "\u{10ffff}";

/**
 * The objects under a prefix as they were at a moment: of each key the newest version that is no
 * younger, unless it is a delete marker. As exact as what the bucket still keeps, and as S3's times
 * of versions, which are whole seconds and for multipart uploads those of their beginning. Holds no
 * more than a page, and the folders told where a store lists in no order.
 */
export async function* pagesAsOf(
  store: ObjectStore,
  prefix: string,
  moment: Date,
  { delimiter, ...call }: PastOptions = {},
): AsyncGenerator<PastPage, void> {
  const isOrdered = store.capabilities.orderedListing !== "no";
  const folders = new FolderNames(prefix, delimiter, isOrdered);
  const skipTo = ({ nextKeyMarker }: ListVersionsPage): string | undefined => {
    const told = folders.last;
    const isInside = told !== undefined && nextKeyMarker?.startsWith(told) === true;
    return isOrdered && isInside ? told + lastCharacter : undefined;
  };
  let decided: string | undefined;
  for await (const page of versionPages(store, prefix, { ...call, skipTo })) {
    const { versions, nextKeyMarker } = page;
    const objects: ListedVersion[] = [];
    const commonPrefixes: string[] = [];
    for (const version of versions) {
      if (version.key === decided || version.lastModified > moment) continue;
      decided = version.key;
      if (version.isDeleteMarker) continue;
      const folder = folders.of(version.key);
      if (folder === undefined) objects.push(version);
      else if (folders.isNew(folder)) commonPrefixes.push(folder);
    }
    const keepsVersions = versions.some(({ versionId }) => versionId !== "null");
    yield { objects, commonPrefixes, keepsVersions, hasMore: nextKeyMarker !== undefined };
  }
}

/** The version of an object that was the current one at a moment. Throws NotFound, which says why. */
export async function versionAsOf(
  store: ObjectStore,
  key: string,
  moment: Date,
  options: CallOptions = {},
): Promise<ListedVersion> {
  let oldest: ListedVersion | undefined;
  for await (const versions of versionsOfKey(store, key, options)) {
    for (const version of versions) {
      oldest = version;
      if (version.lastModified > moment) continue;
      if (version.isDeleteMarker) throw deletedBy(store, version, moment);
      return version;
    }
  }
  if (oldest !== undefined) throw keptFromLater(store, oldest, moment);
  const uri = formatS3Uri({ bucket: store.bucket, key });
  const message = `There is no object ${uri}, nor an older version of one.`;
  throw new StorageError("NotFound", message, { bucket: store.bucket, key });
}

function deletedBy(store: ObjectStore, marker: ListedVersion, moment: Date): StorageError {
  const since = marker.lastModified.toISOString();
  return notThere(store, marker.key, `had been deleted by ${moment.toISOString()} (at ${since})`);
}

/** A lifecycle may have removed older ones, so that nobody knows whether it was there. */
function keptFromLater(store: ObjectStore, oldest: ListedVersion, moment: Date): StorageError {
  const since = oldest.lastModified.toISOString();
  const what = `has no version from ${moment.toISOString()}; the oldest that is kept is of ${since}`;
  return notThere(store, oldest.key, what);
}

function notThere({ bucket }: ObjectStore, key: string, what: string): StorageError {
  const uri = formatS3Uri({ bucket, key });
  return new StorageError("NotFound", `${uri} ${what}.`, {
    bucket,
    key,
    remedy: `Its versions: sms-storage versions ${uri}`,
  });
}

/** The part of a key up to the delimiter, and which of them have been told. */
class FolderNames {
  readonly #prefix: string;
  readonly #delimiter: string | undefined;
  /** Only where they do not come in order. */
  readonly #told: Set<string> | undefined;
  last: string | undefined;

  constructor(prefix: string, delimiter: string | undefined, isOrdered: boolean) {
    this.#prefix = prefix;
    this.#delimiter = delimiter;
    this.#told = isOrdered ? undefined : new Set();
  }

  of(key: string): string | undefined {
    if (this.#delimiter === undefined) return undefined;
    const at = key.indexOf(this.#delimiter, this.#prefix.length);
    return at === -1 ? undefined : key.slice(0, at + this.#delimiter.length);
  }

  isNew(folder: string): boolean {
    const isTold = folder === this.last || this.#told?.has(folder) === true;
    this.last = folder;
    this.#told?.add(folder);
    return !isTold;
  }
}
