import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { GetResult } from "../../core/object-store.ts";
import { checkTarget, makeParents } from "./download-target.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { DownloadOptions } from "../transfer-options.ts";
import { localFileError } from "../local/local-file-error.ts";
import { inScope, type OperationScope } from "../operation-scope.ts";
import { writeInOrder, writeRanges } from "./write-download.ts";

const operation = "downloadFile";

/** Where a download lies. */
export interface DownloadedFile {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Downloads beside the target under a name of its own, verifies, flushes, then renames: the target
 * is the old file or the whole new one at any moment.
 */
export async function downloadFile(
  context: TransferContext,
  key: string,
  filePath: string | URL | undefined,
  options: DownloadOptions = {},
): Promise<DownloadedFile> {
  assertObjectKey(key, operation);
  return inScope(operation, options, async (scope) => {
    const target =
      filePath === undefined ? await context.temporary.pathFor(key) : await checkTarget(filePath);
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await downloadOnce(context, { key, target, options, scope });
      } catch (error) {
        if (!isStorageError(error, "PreconditionFailed")) throw error;
        if (restarts >= transferLimits.downloadRestarts) throw replacedMeanwhile(error);
      }
    }
  });
}

interface DownloadRequest {
  readonly key: string;
  readonly target: string;
  readonly options: DownloadOptions;
  readonly scope: OperationScope;
}

async function downloadOnce(
  context: TransferContext,
  request: DownloadRequest,
): Promise<DownloadedFile> {
  const { key, target, options, scope } = request;
  const { versionId } = options;
  // Nothing is made on the disk before the object is known to be there.
  const first = await context.store.getObject(key, {
    verify: false,
    signal: scope.signal,
    ...(versionId !== undefined && { versionId }),
  });
  let unfinished = "";
  let handle: FileHandle | undefined;
  try {
    await makeParents(target);
    unfinished = await context.partFiles.pathBeside(target);
    const mode = await modeOf(target);
    handle = await open(unfinished, "wx", mode);
    if (mode !== undefined) await handle.chmod(mode);
    await writeObject(context, handle, first, request);
    if (options.keepModifiedTime === true) await keepTime(handle, first.head.lastModified);
    await handle.sync();
    await handle.close();
    await rename(unfinished, target);
    return { path: target, sizeBytes: first.head.sizeBytes };
  } catch (error) {
    await first.body[Symbol.asyncIterator]().return?.();
    await handle?.close().catch(() => undefined);
    if (handle !== undefined) await rm(unfinished, { force: true });
    throw localFileError(operation, target, error);
  }
}

/** Of the file that is replaced: what was closed to others stays so. Undefined: there is none yet. */
async function modeOf(target: string): Promise<number | undefined> {
  const stats = await stat(target).catch(() => undefined);
  return stats === undefined ? undefined : stats.mode & 0o777;
}

async function writeObject(
  context: TransferContext,
  handle: FileHandle,
  first: GetResult,
  { options, scope }: DownloadRequest,
): Promise<void> {
  const isLarge = first.head.sizeBytes >= transferLimits.rangesFromBytes;
  const write = isLarge ? writeRanges : writeInOrder;
  await write(context, { handle, first, options, scope });
}

async function keepTime(handle: FileHandle, lastModified: Date): Promise<void> {
  if (!Number.isNaN(lastModified.getTime())) await handle.utimes(new Date(), lastModified);
}

function replacedMeanwhile(error: StorageError): StorageError {
  return new StorageError("Conflict", `${operation}: ${error.key ?? ""} keeps being replaced.`, {
    operation,
    retryable: true,
    remedy: "Download it again once its writer is done.",
    cause: error,
    ...(error.bucket !== undefined && { bucket: error.bucket }),
    ...(error.key !== undefined && { key: error.key }),
  });
}
