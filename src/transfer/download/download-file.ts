import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { ObjectBody } from "../../core/object-body.ts";
import type { GetResult, ObjectHead } from "../../core/object-store.ts";
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
import { pourResumed } from "./resumed-body.ts";
import { modeOf } from "./save-part.ts";
import { saveAtOnce, saveInTurn } from "./save-small.ts";
import { WholeCheck } from "./whole-check.ts";
import { writeDownload } from "./write-download.ts";

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
      filePath === undefined ? await context.temporary.pathFor(key) : checkTarget(filePath);
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
  const { target, options, scope } = request;
  let begun: BegunDownload | undefined = await findLeft(context, request);
  if (begun === undefined) {
    // Nothing is made on the disk before the object is known to be there.
    const answer = await askFor(context, request);
    const isSmall = answer.head.sizeBytes <= transferLimits.smallFileBytes;
    if (isSmall) return downloadSmall(context, request, answer);
    begun = await beginDownload(context, request, answer);
  }
  const { head, partFile, handle, ledger, opened } = begun;
  try {
    await writeDownload(context, { ...begun, options, scope });
    const modified = modifiedSeconds(options, head);
    if (modified !== undefined) await handle.utimes(Date.now() / 1000, modified);
    await handle.sync();
    await handle.close();
    await rename(partFile, target);
    await ledger?.remove();
    return { path: target, sizeBytes: head.sizeBytes, etag: head.etag };
  } catch (error) {
    await opened?.[Symbol.asyncIterator]().return?.();
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

/** Verified in memory, and written only then. */
async function downloadSmall(
  context: TransferContext,
  { target, options, scope }: DownloadRequest,
  { head, body: opened }: GetResult,
): Promise<DownloadedFile> {
  const { sizeBytes } = head;
  const { store, disk, partFiles } = context;
  const { versionId, onProgress } = options;
  const check = new WholeCheck(context, head);
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let doneBytes = 0;
  const wanted = { first: 0, lengthBytes: sizeBytes, opened, versionId, signal: scope.signal };
  await pourResumed({ store, head, ...wanted }, (chunk) => {
    check.update(chunk);
    bytes.set(chunk, doneBytes);
    doneBytes += chunk.length;
  });
  check.finish(operation);
  onProgress?.({ doneBytes, totalBytes: sizeBytes });
  try {
    makeParents(target);
    const partFile = await partFiles.pathBeside(target);
    const file = { partFile, target, bytes, modifiedSeconds: modifiedSeconds(options, head) };
    if (disk.try(() => saveAtOnce(file)) === undefined) await saveInTurn(file);
    return { path: target, sizeBytes, etag: head.etag };
  } catch (error) {
    throw localTargetError(operation, target, error);
  }
}

/** A file that is being filled with an object. */
interface BegunDownload {
  readonly head: ObjectHead;
  readonly partFile: string;
  readonly handle: FileHandle;
  /** The answer to a GET of the whole object, unread. */
  readonly opened?: ObjectBody | undefined;
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
  const mode = left && modeOf(target);
  if (mode !== undefined) await left?.handle.chmod(mode);
  return left;
}

function askFor(
  { store }: TransferContext,
  { key, options: { versionId }, scope }: DownloadRequest,
): Promise<GetResult> {
  const version = versionId !== undefined && { versionId };
  return store.getObject(key, { verify: false, signal: scope.signal, ...version });
}

async function beginDownload(
  { journals, partFiles }: TransferContext,
  { key, target, options: { versionId } }: DownloadRequest,
  { head, body }: GetResult,
): Promise<BegunDownload> {
  try {
    makeParents(target);
    const isKept = journals !== undefined && head.sizeBytes >= transferLimits.rangesFromBytes;
    const partFile = await (isKept
      ? partFiles.keptPathBeside(target)
      : partFiles.pathBeside(target));
    const mode = modeOf(target);
    // Read too: some checksums are taken once all of it is there.
    const handle = await open(partFile, "wx+", mode);
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

/** Undefined: the file keeps the time at which it was written. */
function modifiedSeconds(
  { keepModifiedTime }: DownloadOptions,
  { metadata, lastModified }: ObjectHead,
): number | undefined {
  if (keepModifiedTime !== true) return undefined;
  const modified = readModifiedSeconds(metadata) ?? lastModified.getTime() / 1000;
  return Number.isNaN(modified) ? undefined : modified;
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
