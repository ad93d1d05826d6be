import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { DownloadLedger, type LeftDownload } from "../journal/download-ledger.ts";
import { mayGoOn } from "../journal/may-go-on.ts";
import type { TransferNotice } from "../journal/transfer-notice.ts";
import { checkTarget, makeParents } from "./download-target.ts";
import { readModifiedSeconds } from "../modified-time.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { DownloadOptions } from "../transfer-options.ts";
import { localTargetError } from "../local/local-file-error.ts";
import { inScope, type OperationScope } from "../operation-scope.ts";
import { writeInOrder, writeRanges } from "./write-download.ts";

const operation = "downloadFile";

/** Where a download lies. */
export interface DownloadedFile {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the object that was downloaded. */
  readonly etag: string;
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
  const left = await findLeft(context, request);
  const begun = left ?? (await beginDownload(context, request));
  const { head, partFile, handle, ledger } = begun;
  const { target, options, scope } = request;
  try {
    const isLarge = head.sizeBytes >= transferLimits.rangesFromBytes;
    const write = isLarge ? writeRanges : writeInOrder;
    await write(context, { ...begun, options, scope });
    if (options.keepModifiedTime === true) await keepTime(handle, head);
    await handle.sync();
    await handle.close();
    await rename(partFile, target);
    await ledger?.remove();
    return { path: target, sizeBytes: head.sizeBytes, etag: head.etag };
  } catch (error) {
    await begun.opened?.[Symbol.asyncIterator]().return?.();
    await handle.close().catch(() => undefined);
    if (ledger?.isWorthKeeping === true && mayGoOn(error)) {
      await ledger.keep();
      throw toGoOn(error);
    }
    await rm(partFile, { force: true });
    await ledger?.remove();
    throw localTargetError(operation, target, error);
  }
}

/** Of the file that is replaced: what was closed to others stays so. Undefined: there is none yet. */
async function modeOf(target: string): Promise<number | undefined> {
  const stats = await stat(target).catch(() => undefined);
  return stats === undefined ? undefined : stats.mode & 0o777;
}

/** A file that is being filled with an object. */
interface BegunDownload {
  readonly head: ObjectHead;
  readonly partFile: string;
  readonly handle: FileHandle;
  /** The answer to a GET of the whole object, unread. */
  readonly opened?: AsyncIterable<Uint8Array>;
  readonly ledger?: DownloadLedger | undefined;
}

async function findLeft(
  { store, journals }: TransferContext,
  { key, target, options, scope }: DownloadRequest,
): Promise<LeftDownload | undefined> {
  const { versionId, onNotice } = options;
  if (journals === undefined) return undefined;
  const subject = { kind: "download", key, versionId, localPath: target } as const;
  if (!(await journals.mayHave(subject))) return undefined;
  const tell = (notice: TransferNotice): void => onNotice?.(notice);
  const work = { store, journals, subject, signal: scope.signal, tell };
  const left = await DownloadLedger.resume(work);
  const mode = left && (await modeOf(target));
  if (mode !== undefined) await left?.handle.chmod(mode);
  return left;
}

/** Nothing is made on the disk before the object is known to be there. */
async function beginDownload(
  context: TransferContext,
  { key, target, options, scope }: DownloadRequest,
): Promise<BegunDownload> {
  const { store, journals, partFiles } = context;
  const { versionId } = options;
  const { head, body } = await store.getObject(key, {
    verify: false,
    signal: scope.signal,
    ...(versionId !== undefined && { versionId }),
  });
  try {
    makeParents(target);
    const isKept = journals !== undefined && head.sizeBytes >= transferLimits.rangesFromBytes;
    const partFile = await (isKept
      ? partFiles.keptPathBeside(target)
      : partFiles.pathBeside(target));
    const mode = await modeOf(target);
    const handle = await open(partFile, "wx", mode);
    if (mode !== undefined) await handle.chmod(mode);
    const begun = { head, opened: body, partFile, handle };
    if (!isKept) return begun;
    const subject = { kind: "download", key, versionId, localPath: target } as const;
    return { ...begun, ledger: await DownloadLedger.begin(journals, subject, { head, partFile }) };
  } catch (error) {
    await body[Symbol.asyncIterator]().return?.();
    throw localTargetError(operation, target, error);
  }
}

function toGoOn(error: unknown): unknown {
  if (!isStorageError(error)) return error;
  const goOn = "Run it again to go on: what was fetched is kept beside the target.";
  return restateError(error, {
    remedy: error.remedy === undefined ? goOn : `${error.remedy} ${goOn}`,
    details: { ...error.details, Resumable: "yes" },
  });
}

async function keepTime(handle: FileHandle, head: ObjectHead): Promise<void> {
  const modified = readModifiedSeconds(head.metadata) ?? head.lastModified.getTime() / 1000;
  if (!Number.isNaN(modified)) await handle.utimes(Date.now() / 1000, modified);
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
