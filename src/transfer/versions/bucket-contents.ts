import { isStorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import type { DeleteEntry, ObjectStore } from "../../core/object-store.ts";
import { listPages } from "../objects/list-pages.ts";
import { uploadPages } from "../objects/upload-pages.ts";
import { runLanes } from "../run-lanes.ts";
import { deleteVersions, type UndeletedEntry } from "./delete-versions.ts";
import { versionPages } from "./version-pages.ts";

/** What a bucket holds, all of it. */
export interface BucketContents {
  /** Objects and their older versions. */
  readonly versions: number;
  readonly deleteMarkers: number;
  readonly bytes: number;
  /** Multipart uploads that were begun and not ended. */
  readonly uploads: number;
}

interface EntryPage {
  readonly entries: readonly DeleteEntry[];
  readonly deleteMarkers: number;
  readonly bytes: number;
}

/** Counts all that would have to go before the bucket can. */
export async function countContents(
  store: ObjectStore,
  options: { readonly signal: AbortSignal; readonly counted?: (versions: number) => void },
): Promise<BucketContents> {
  const { signal } = options;
  const sum = { versions: 0, deleteMarkers: 0, bytes: 0, uploads: 0 };
  for await (const { entries, deleteMarkers, bytes } of entryPages(store, signal)) {
    sum.versions += entries.length - deleteMarkers;
    sum.deleteMarkers += deleteMarkers;
    sum.bytes += bytes;
    options.counted?.(sum.versions);
  }
  for await (const { uploads } of uploadPages(store, "", { signal })) {
    sum.uploads += uploads.length;
  }
  return sum;
}

/** What emptying a bucket came to. */
export interface EmptiedBucket {
  /** Versions and delete markers. */
  readonly deleted: number;
  readonly uploadsAborted: number;
  readonly failed: number;
}

/**
 * Deletes every version and delete marker of a bucket, and aborts its uploads: nothing of it can be
 * had back. `failed` hears of each entry that is left. Memory holds some pages of the listing.
 */
export async function emptyBucket(
  store: ObjectStore,
  options: {
    readonly signal: AbortSignal;
    readonly failed: (entry: UndeletedEntry) => Promise<void>;
    readonly deleted?: (entries: number) => void;
  },
): Promise<EmptiedBucket> {
  const { signal } = options;
  const sum = { deleted: 0, uploadsAborted: 0, failed: 0 };
  const pages = entryPages(store, signal);
  await runLanes(transferLimits.deleteBatchesInFlight, signal, async (lane) => {
    for (let next = await pages.next(); next.done !== true; next = await pages.next()) {
      const { entries } = next.value;
      if (entries.length === 0) continue;
      const left = await deleteVersions(store, entries, lane);
      sum.deleted += entries.length - left.length;
      sum.failed += left.length;
      for (const entry of left) await options.failed(entry);
      options.deleted?.(sum.deleted);
    }
  });
  for await (const { uploads } of uploadPages(store, "", { signal })) {
    for (const { key, uploadId } of uploads) {
      await store.abortMultipartUpload({ key, uploadId }, { signal });
      sum.uploadsAborted += 1;
    }
  }
  return sum;
}

/** Versions, or objects where the store knows no versions. */
async function* entryPages(
  store: ObjectStore,
  signal: AbortSignal,
): AsyncGenerator<EntryPage, void> {
  let isBegun = false;
  try {
    for await (const { versions } of versionPages(store, "", { signal })) {
      isBegun = true;
      yield {
        entries: versions.map(({ key, versionId }) => ({ key, versionId })),
        deleteMarkers: versions.filter(({ isDeleteMarker }) => isDeleteMarker).length,
        bytes: versions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      };
    }
    return;
  } catch (error) {
    if (isBegun || !isStorageError(error, "NotSupported")) throw error;
  }
  for await (const { objects } of listPages(store, "", { signal })) {
    yield {
      entries: objects.map(({ key }) => ({ key })),
      deleteMarkers: 0,
      bytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
  }
}
