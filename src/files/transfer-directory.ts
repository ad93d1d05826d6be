import { stat } from "node:fs/promises";
import { StorageError } from "../core/errors.ts";
import { transferLimits } from "../core/limits.ts";
import { formatS3Uri } from "../core/object-key.ts";
import { Buckets } from "../transfer/buckets.ts";
import type { Place } from "../transfer/jobs/copy-job.ts";
import { runCopy } from "../transfer/jobs/run-copy.ts";
import { assertRunning, inScope } from "../transfer/operation-scope.ts";
import { rulesOf } from "../transfer/selection/selection-rules.ts";
import { Selection } from "../transfer/selection/selection.ts";
import { runSync } from "../transfer/sync/run-sync.ts";
import type { SyncMemory } from "../transfer/sync/sync-request.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import { objectHeaders } from "../transfer/upload/object-headers.ts";
import { DirectoryReport } from "./directory-report.ts";
import type {
  DirectoryResult,
  DownloadDirectoryOptions,
  SyncDirectoryOptions,
  UploadDirectoryOptions,
} from "./directory-types.ts";
import { toPrefix } from "./listing.ts";

/** A local directory, and the place of the bucket that stands for it. */
interface TwoPlaces {
  readonly local: string;
  readonly path: string;
}

export async function uploadDirectory(
  context: TransferContext,
  { local, path }: TwoPlaces,
  options: UploadDirectoryOptions = {},
): Promise<DirectoryResult> {
  await assertDirectory("uploadDirectory", local);
  const places = { source: localPlace(local), target: remotePlace(context, path) };
  return copyDirectory("uploadDirectory", context, places, options);
}

export async function downloadDirectory(
  context: TransferContext,
  { local, path }: TwoPlaces,
  options: DownloadDirectoryOptions = {},
): Promise<DirectoryResult> {
  const places = { source: remotePlace(context, path), target: localPlace(local) };
  return copyDirectory("downloadDirectory", context, places, options);
}

export async function syncDirectory(
  context: TransferContext,
  direction: "up" | "down",
  { local, path }: TwoPlaces,
  options: SyncDirectoryOptions = {},
): Promise<DirectoryResult> {
  const operation = "syncDirectory";
  if (direction === "up") await assertDirectory(operation, local);
  const [here, there] = [localPlace(local), remotePlace(context, path)];
  const places = direction === "up" ? [here, there] : [there, here];
  const [source = here, target = there] = places;
  const report = new DirectoryReport(operation, options);
  const { dryRun = false, allowEmpty = false, compare = "content" } = options;
  return inScope(operation, options, async ({ signal }) => {
    const totals = await runSync(
      {
        ...sharedBy(context, options, signal),
        source,
        target,
        comparison: compare,
        memory: memoryOf(context, options),
        dryRun,
        deletes: options.delete === true,
        emptySource: allowEmpty,
        mayDelete: (count, of) => Promise.resolve(count <= mostDeletes(options, of)),
      },
      report.tell,
    );
    assertRunning(operation, signal);
    const isNothing = totals.copied + totals.unchanged + totals.failed + totals.skipped === 0;
    if (isNothing && !allowEmpty) throw nothingIn(operation, source);
    return report.end(totals);
  });
}

interface Places {
  readonly source: Place;
  readonly target: Place;
}

async function copyDirectory(
  operation: string,
  context: TransferContext,
  { source, target }: Places,
  options: UploadDirectoryOptions,
): Promise<DirectoryResult> {
  const { dryRun = false, overwrite = true, allowEmpty = false } = options;
  const report = new DirectoryReport(operation, options);
  return inScope(operation, options, async ({ signal }) => {
    const { kept, ...totals } = await runCopy(
      {
        ...sharedBy(context, options, signal),
        sources: [source],
        target,
        recursive: true,
        patterns: false,
        changesObjects: false,
        move: false,
        overwrite,
        dryRun,
        ifNewer: false,
      },
      report.tell,
    );
    assertRunning(operation, signal);
    if (totals.copied + totals.failed + totals.skipped === 0 && !allowEmpty) {
      throw nothingIn(operation, source);
    }
    return report.end({ ...totals, unchanged: kept, deleted: 0, notDeleted: 0 });
  });
}

/** What both ways of copying a tree are asked alike. */
function sharedBy(context: TransferContext, options: UploadDirectoryOptions, signal: AbortSignal) {
  const { tags, sse, links = "files" } = options;
  return {
    selection: new Selection({ rules: rulesOf(options) }),
    links,
    buckets: new Buckets(() => context),
    signal,
    caseConflicts: "probe",
    stored: {
      ...objectHeaders(options),
      ...(tags !== undefined && { tags }),
      ...(sse !== undefined && { sse }),
    },
  } as const;
}

/** By what tells stores apart, so that one folder serves any of them. */
function memoryOf(
  { store: { location } }: TransferContext,
  { memoryFolder }: SyncDirectoryOptions,
): SyncMemory | undefined {
  if (memoryFolder === undefined) return undefined;
  return { folder: memoryFolder, sourceName: location, targetName: location };
}

function mostDeletes({ maxDelete }: SyncDirectoryOptions, of: number): number {
  const share = Math.ceil((of * transferLimits.unaskedDeletesPercent) / 100);
  return maxDelete ?? Math.max(transferLimits.unaskedDeletes, share);
}

function localPlace(path: string): Place {
  return { kind: "local", path };
}

function remotePlace(context: TransferContext, path: string): Place {
  const { bucket } = context.store;
  return { kind: "remote", uri: { bucket, key: toPrefix(context, path, {}) } };
}

async function assertDirectory(operation: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const what = found === undefined ? "is not there" : "is no directory";
  throw new StorageError("InvalidArgument", `${operation}: ${path} ${what}.`, {
    operation,
    remedy: found === undefined ? "Check the path." : "Use uploadFile for one file.",
    details: { LocalPath: path },
  });
}

/** More often a mistyped path than a wish. */
function nothingIn(operation: string, source: Place): StorageError {
  const place = source.kind === "local" ? source.path : formatS3Uri(source.uri);
  const message = `${operation}: there is nothing in ${place} that is meant.`;
  return new StorageError("NotFound", message, {
    operation,
    remedy: "Check the path and the patterns; where it may be empty, say allowEmpty.",
  });
}
