import { stat } from "node:fs/promises";
import { StorageError } from "../../core/errors.ts";
import { asFolder, formatS3Uri } from "../../core/object-key.ts";
import type { Place } from "../jobs/copy-job.ts";
import { localTree } from "./local-tree.ts";
import { remoteTree } from "./remote-tree.ts";
import type { SyncPlaces } from "./sync-request.ts";
import type { Tree } from "./tree-item.ts";

/**
 * Both trees as they are read. `sorts`: objects are sorted here, in memory. Throws StorageError where a
 * local place is no folder.
 */
export async function openTrees(
  places: SyncPlaces,
  sorts = false,
): Promise<{ source: Tree; target: Tree }> {
  const { source, target } = places;
  assertApart(places);
  if (source.kind === "local") await assertFolder(source.path);
  if (target.kind === "local") await assertNoFile(target.path);
  // The markers of folders have no place on a disk, nor do folders make any in S3.
  const markers = source.kind === "remote" && target.kind === "remote";
  const { buckets, sourceBuckets = buckets } = places;
  return {
    source: openTree(places, source, {
      buckets: sourceBuckets,
      markers,
      sorts,
      mayBeMissing: false,
    }),
    target: openTree(places, target, { buckets, markers, sorts, mayBeMissing: true }),
  };
}

interface TreeView {
  readonly buckets: SyncPlaces["buckets"];
  readonly markers: boolean;
  readonly sorts: boolean;
  readonly mayBeMissing: boolean;
}

function openTree(
  { selection, links, signal }: SyncPlaces,
  place: Place,
  { buckets, markers, sorts, mayBeMissing }: TreeView,
): Tree {
  if (place.kind === "local") {
    const enters = (folder: string): boolean => selection.mayAcceptBelow(folder);
    return localTree(place.path, { enters, links, mayBeMissing, signal });
  }
  const { bucket, key } = place.uri;
  const options = { prefix: asFolder(key), narrowedTo: selection.prefix, markers, sorts, signal };
  return remoteTree(buckets.of(bucket), options);
}

/** Of two prefixes that lie in each other, a sync would copy its own copies, or delete its source. */
function assertApart({ source, target, sourceBuckets }: SyncPlaces): void {
  if (source.kind === "local" || target.kind === "local" || sourceBuckets !== undefined) return;
  if (source.uri.bucket !== target.uri.bucket) return;
  const from = asFolder(source.uri.key);
  const to = asFolder(target.uri.key);
  if (!from.startsWith(to) && !to.startsWith(from)) return;
  const message =
    from === to
      ? `Both places are ${formatS3Uri(source.uri)}.`
      : `${formatS3Uri(source.uri)} and ${formatS3Uri(target.uri)} lie in each other.`;
  throw new StorageError("InvalidArgument", message, {
    remedy: "Name two prefixes that are apart.",
  });
}

/** A target may be missing yet. */
async function assertNoFile(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined))?.isDirectory() === false) await assertFolder(path);
}

async function assertFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const message =
    found === undefined ? `The folder ${path} does not exist.` : `${path} is no folder.`;
  throw new StorageError(found === undefined ? "NotFound" : "InvalidArgument", message, {
    remedy:
      found === undefined
        ? "Check the path; it is taken from the working directory on. Nothing was changed."
        : "Name the folder that it is in; --include takes a single file of it.",
    details: { LocalPath: path },
  });
}
