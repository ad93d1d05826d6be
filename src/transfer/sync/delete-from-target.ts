import { rmdir, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { s3Limits, transferLimits } from "../../core/limits.ts";
import { asFolder } from "../../core/object-key.ts";
import { linkedFolder } from "../local/linked-folder.ts";
import { localFileError } from "../local/local-file-error.ts";
import { deleteKeys } from "../objects/delete-keys.ts";
import { placeBelow } from "./place-below.ts";
import type { PathSpool } from "./path-spool.ts";
import type { SyncEvent } from "./sync-event.ts";
import type { SyncRequest } from "./sync-request.ts";

interface DeleteOptions {
  readonly dryRun: boolean;
  readonly tell: (event: SyncEvent) => Promise<void>;
}

/** Deletes paths of the target and tells of each. Folders that are empty then go as well. */
export async function deleteFromTarget(
  request: SyncRequest,
  paths: PathSpool,
  options: DeleteOptions,
): Promise<void> {
  const { target, signal } = request;
  const size = s3Limits.deleteObjectsKeys * transferLimits.deleteBatchesInFlight;
  const emptied = new Set<string>();
  for await (const batch of paths.batches(size)) {
    signal.throwIfAborted();
    const failures = options.dryRun ? new Map() : await deleteBatch(request, batch);
    for (const path of batch) {
      const place = placeBelow(target, path);
      const error: unknown = failures.get(path);
      if (typeof place === "string" && error === undefined) emptied.add(dirname(resolve(place)));
      await options.tell(
        error === undefined ? { kind: "deleted", place } : { kind: "not-deleted", place, error },
      );
    }
  }
  if (target.kind === "local" && !options.dryRun)
    await removeFolders(resolve(target.path), emptied);
}

async function deleteBatch(
  { target, buckets, signal }: SyncRequest,
  batch: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  if (target.kind === "local") return deleteFiles(target.path, batch);
  const failures = new Map<string, unknown>();
  const { bucket, key } = target.uri;
  const prefix = asFolder(key);
  const keys = batch.map((path) => prefix + path);
  for (const [failed, { code, message }] of await deleteKeys(buckets.of(bucket).store, keys, {
    signal,
  })) {
    const details = { bucket, key: failed, s3Code: code };
    failures.set(failed.slice(prefix.length), new StorageError("Unknown", message, details));
  }
  return failures;
}

/** No file is deleted through a link to another place, which may have come since the folder was read. */
async function deleteFiles(
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>();
  let checked = "";
  let link: string | undefined;
  for (const path of paths) {
    const file = join(root, ...path.split("/"));
    if (dirname(file) !== checked) {
      checked = dirname(file);
      link = await linkedFolder(root, file);
    }
    if (link !== undefined) {
      failures.set(path, behindLink(file, link));
      continue;
    }
    await unlink(file).catch((error: unknown) => {
      failures.set(path, localFileError("sync", file, error));
    });
  }
  return failures;
}

function behindLink(file: string, link: string): StorageError {
  const message = `${file} was not deleted, because ${link} is a link to another place.`;
  return new StorageError("InvalidArgument", message, {
    operation: "sync",
    remedy: "Delete it there, or take the link away.",
    details: { LocalPath: file },
  });
}

/** From the inside out, as far as nothing is in them; the target itself stays. */
async function removeFolders(root: string, folders: ReadonlySet<string>): Promise<void> {
  const deepestFirst = [...folders].toSorted((a, b) => b.length - a.length);
  for (const folder of deepestFirst) {
    for (let at = folder; at.length > root.length; at = dirname(at)) {
      const isGone = await rmdir(at).then(
        () => true,
        () => false,
      );
      if (!isGone) break;
    }
  }
}
