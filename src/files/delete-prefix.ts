import { wrongArgument } from "../core/check-options.ts";
import { StorageError } from "../core/errors.ts";
import { s3Limits, transferLimits } from "../core/limits.ts";
import { formatS3Uri } from "../core/object-key.ts";
import type { DeleteEntry, ObjectStore } from "../core/object-store.ts";
import { deleteKeys } from "../transfer/objects/delete-keys.ts";
import { isDirectoryMarker, listPages } from "../transfer/objects/list-pages.ts";
import { inScope } from "../transfer/operation-scope.ts";
import { runLanes } from "../transfer/run-lanes.ts";
import { PathSpool } from "../transfer/sync/path-spool.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import { deleteVersions, type UndeletedEntry } from "../transfer/versions/delete-versions.ts";
import { versionPages } from "../transfer/versions/version-pages.ts";
import { toPrefix } from "./listing.ts";
import type {
  DeletePrefixOptions,
  DeletePrefixResult,
  FileFailure,
  PrefixContents,
} from "./prefix-types.ts";

const operation = "deletePrefix";

/** What was counted is what is deleted: files that come meanwhile stay. */
export async function deletePrefix(
  context: TransferContext,
  path: string,
  options: DeletePrefixOptions = {},
): Promise<DeletePrefixResult> {
  const { store } = context;
  const prefix = toPrefix(context, path, options);
  assertMeant(store, prefix, options);
  return inScope(operation, options, async ({ signal }) => {
    const found = new FoundEntries();
    try {
      const contents = await found.collect(store, prefix, options, signal);
      const nothing = { ...contents, deleted: 0, failed: 0, errors: [] };
      if (options.dryRun === true || contents.objects === 0) return nothing;
      await assertConfirmed(contents, options);
      const done = await found.deleteFrom(store, options, signal);
      if (store.capabilities.orderedListing === "no") await sweep(store, prefix, signal);
      return { ...contents, ...done };
    } finally {
      found.remove();
    }
  });
}

/** Files, and apart from them the markers of directories, which file systems let go only when empty. */
class FoundEntries {
  readonly #files = new PathSpool();
  readonly #directories = new PathSpool();

  async collect(
    store: ObjectStore,
    prefix: string,
    { versions, maxObjects = Number.POSITIVE_INFINITY }: DeletePrefixOptions,
    signal: AbortSignal,
  ): Promise<PrefixContents> {
    const { bucket } = store;
    const sum = { bucket, prefix, objects: 0, bytes: 0 };
    for await (const page of entryPages(store, prefix, versions === true, signal)) {
      for (const { sizeBytes, ...entry } of page) {
        sum.objects += 1;
        sum.bytes += sizeBytes;
        if (sum.objects > maxObjects) throw tooMany(bucket, prefix, maxObjects);
        const isDirectory = entry.key.endsWith("/");
        (isDirectory ? this.#directories : this.#files).add(JSON.stringify(entry));
      }
    }
    return sum;
  }

  async deleteFrom(
    store: ObjectStore,
    { onProgress, versions = false }: DeletePrefixOptions,
    signal: AbortSignal,
  ): Promise<Pick<DeletePrefixResult, "deleted" | "failed" | "errors">> {
    const total = this.#files.count + this.#directories.count;
    const sum = { deleted: 0, failed: 0, errors: [] as FileFailure[] };
    const batch = async (lines: readonly string[], lane: AbortSignal): Promise<void> => {
      const entries = lines.map((line) => JSON.parse(line) as DeleteEntry);
      const left = await (versions ? deleteVersions : deleteFiles)(store, entries, lane);
      sum.deleted += entries.length - left.length;
      sum.failed += left.length;
      const room = transferLimits.heldReports - sum.errors.length;
      for (const { key: Key, versionId: VersionId, code, message } of left.slice(0, room)) {
        sum.errors.push({ Key, ...(VersionId !== undefined && { VersionId }), code, message });
      }
      onProgress?.({ done: sum.deleted + sum.failed, total });
    };
    const files = this.#files.batches(s3Limits.deleteObjectsKeys);
    await runLanes(transferLimits.deleteBatchesInFlight, signal, async (lane) => {
      for (let next = await files.next(); next.done !== true; next = await files.next()) {
        await batch(next.value, lane);
      }
    });
    // Outer ones are shorter than those in them; few enough to be held.
    const directories: string[] = [];
    for await (const lines of this.#directories.batches(1)) directories.push(...lines);
    directories.sort((one, other) => other.length - one.length);
    for (let start = 0; start < directories.length; start += s3Limits.deleteObjectsKeys) {
      await batch(directories.slice(start, start + s3Limits.deleteObjectsKeys), signal);
    }
    return sum;
  }

  remove(): void {
    this.#files.remove();
    this.#directories.remove();
  }
}

/**
 * Where keys are paths of a file system, files leave the directories in which they were; each level is
 * told once those below it are gone. One that holds something is not let go, and stays.
 */
async function sweep(store: ObjectStore, prefix: string, signal: AbortSignal): Promise<void> {
  for (let depth = 0; depth < s3Limits.keyBytes; depth += 1) {
    const emptied: DeleteEntry[] = [];
    for await (const { objects } of listPages(store, prefix, { signal })) {
      emptied.push(...objects.filter(isDirectoryMarker).map(({ key }) => ({ key })));
    }
    if (emptied.length === 0) return;
    const left = await deleteFiles(store, emptied, signal);
    if (left.length === emptied.length) return;
  }
}

/** As they are now: versioning keeps them as older ones. */
async function deleteFiles(
  store: ObjectStore,
  entries: readonly DeleteEntry[],
  signal: AbortSignal,
): Promise<readonly UndeletedEntry[]> {
  const failures = await deleteKeys(store, entries.map(keyOf), { hasStaged: true, signal });
  return [...failures].map(([key, failure]) => ({ key, ...failure }));
}

const keyOf = ({ key }: DeleteEntry): string => key;

type SizedEntry = DeleteEntry & { readonly sizeBytes: number };

async function* entryPages(
  store: ObjectStore,
  prefix: string,
  ofVersions: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly SizedEntry[], void> {
  if (ofVersions) {
    for await (const { versions } of versionPages(store, prefix, { signal })) {
      yield versions.map(({ key, versionId, sizeBytes }) => ({ key, versionId, sizeBytes }));
    }
    return;
  }
  for await (const { objects } of listPages(store, prefix, { signal })) {
    yield objects.map(({ key, sizeBytes }) => ({ key, sizeBytes }));
  }
}

/** An empty variable in a path must not cost a bucket. */
function assertMeant(
  { bucket }: ObjectStore,
  prefix: string,
  { dryRun, confirm }: DeletePrefixOptions,
): void {
  if (prefix !== "" || dryRun === true || confirm !== undefined) return;
  throw new StorageError("InvalidArgument", `${operation}: that is the whole bucket ${bucket}.`, {
    operation,
    bucket,
    remedy: "Name a directory; or, if all is meant, give confirm, which is told what would go.",
  });
}

async function assertConfirmed(
  contents: PrefixContents,
  { confirm }: DeletePrefixOptions,
): Promise<void> {
  if (confirm === undefined) return;
  const answer: unknown = await confirm(contents);
  if (answer === true) return;
  if (answer !== false) {
    throw wrongArgument(operation, "the answer of confirm", "true or false", answer);
  }
  const { bucket, prefix, objects } = contents;
  const place = formatS3Uri({ bucket, key: prefix });
  const message = `${operation}: nothing was deleted, since confirm refused the ${objects} objects of ${place}.`;
  throw new StorageError("Aborted", message, { operation, bucket });
}

function tooMany(bucket: string, prefix: string, maxObjects: number): StorageError {
  const place = formatS3Uri({ bucket, key: prefix });
  const message = `${operation}: there are more than ${maxObjects} objects in ${place}; nothing was deleted.`;
  return new StorageError("InvalidArgument", message, {
    operation,
    bucket,
    remedy: "Look at them with dryRun; then raise maxObjects, or name a narrower directory.",
  });
}
