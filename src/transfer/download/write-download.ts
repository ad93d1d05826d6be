import { writeSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { downloadLimits } from "../../core/download-limits.ts";
import { transferLimits } from "../../core/limits.ts";
import type { ObjectBody } from "../../core/object-body.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import type { DownloadLedger } from "../journal/download-ledger.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { DownloadOptions } from "../transfer-options.ts";
import type { OperationScope } from "../operation-scope.ts";
import { pourResumed } from "./resumed-body.ts";
import { runLanes } from "../run-lanes.ts";
import { RangeBlocks } from "./range-blocks.ts";
import { RangeChecks } from "./range-checks.ts";
import { rangeSize } from "./range-size.ts";

/** An open file, and the object that goes into it. */
export interface WriteDownload {
  readonly handle: FileHandle;
  readonly head: ObjectHead;
  /** The body of a GET of the whole object, unread. */
  readonly opened?: ObjectBody | undefined;
  /** Knows what is in the file already, and is told of what comes in. Of large objects only. */
  readonly ledger?: DownloadLedger | undefined;
  readonly options: DownloadOptions;
  readonly scope: OperationScope;
}

const operation = "downloadFile";

/**
 * Fetches the object into the file, a large one in ranges side by side. Bytes go from the connection
 * through the checksum into the file, and are kept nowhere else. The first range is the beginning of
 * the body that is open already.
 */
export async function writeDownload(
  context: TransferContext,
  request: WriteDownload,
): Promise<void> {
  const { handle, head, options, scope } = request;
  const { sizeBytes } = head;
  const rangeBytes = rangeSize(sizeBytes);
  const count = Math.max(1, Math.ceil(sizeBytes / rangeBytes));
  const blockBytes = count === 1 ? rangeBytes : downloadLimits.blockBytes;
  const checks = new RangeChecks(context, head, Math.max(1, Math.ceil(sizeBytes / blockBytes)));
  let next = 0;
  const progress = { doneBytes: 0, totalBytes: sizeBytes };
  const lanes = Math.min(count, options.concurrency ?? transferLimits.partsInFlight);
  await runLanes(lanes, scope.signal, async (signal) => {
    while (next < count && !signal.aborted) {
      const index = next;
      next += 1;
      const offset = index * rangeBytes;
      const range = { offset, lengthBytes: Math.min(rangeBytes, sizeBytes - offset) };
      const blocks = new RangeBlocks(context, { ...request, checks, range, blockBytes });
      progress.doneBytes += await blocks.skipWritten();
      if (blocks.isDone) options.onProgress?.({ ...progress });
      else await fetchRange(context, { ...request, scope: { signal } }, { blocks, progress });
    }
  });
  await checks.finish(operation, handle);
}

interface RangeToFetch {
  readonly blocks: RangeBlocks;
  readonly progress: { doneBytes: number; readonly totalBytes: number };
}

async function fetchRange(
  context: TransferContext,
  { handle, head, opened, options, scope }: WriteDownload,
  { blocks, progress }: RangeToFetch,
): Promise<void> {
  const { offset, lengthBytes } = blocks.rest;
  let position = offset;
  const request = {
    store: context.store,
    head,
    versionId: options.versionId,
    first: offset,
    lengthBytes,
    opened: offset === 0 ? opened : undefined,
    signal: scope.signal,
  };
  await pourResumed(request, (chunk) => {
    blocks.update(chunk);
    const at = position;
    position += chunk.length;
    progress.doneBytes += chunk.length;
    options.onProgress?.({ ...progress });
    const isDone = context.pieces.try(() => writeAllSync(handle.fd, chunk, at));
    return isDone === true ? undefined : writeAll(handle, chunk, at);
  });
  blocks.end();
  options.onProgress?.({ ...progress });
}

function writeAllSync(descriptor: number, bytes: Uint8Array, position: number): true {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
  return true;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(
      bytes,
      written,
      bytes.length - written,
      position + written,
    );
    written += bytesWritten;
  }
}
