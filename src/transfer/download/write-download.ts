import type { FileHandle } from "node:fs/promises";
import zlib from "node:zlib";
import { transferLimits } from "../../core/limits.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import { onAbort } from "../../core/on-abort.ts";
import { BufferPool } from "../buffer-pool.ts";
import type { DownloadLedger } from "../journal/download-ledger.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { DownloadOptions } from "../transfer-options.ts";
import type { OperationScope } from "../operation-scope.ts";
import { resumedBody } from "./resumed-body.ts";
import { runLanes } from "../run-lanes.ts";
import { WholeCheck } from "./whole-check.ts";

/** An open file, and the object that goes into it. */
export interface WriteDownload {
  readonly handle: FileHandle;
  readonly head: ObjectHead;
  /** The body of a GET of the whole object, unread. */
  readonly opened?: AsyncIterable<Uint8Array> | undefined;
  /** Knows what is in the file already, and is told of what comes in. Of large objects only. */
  readonly ledger?: DownloadLedger | undefined;
  readonly options: DownloadOptions;
  readonly scope: OperationScope;
}

const operation = "downloadFile";

/** One body from front to back, written in large pieces: a write for each chunk costs twice as much. */
export async function writeInOrder(
  context: TransferContext,
  request: WriteDownload,
): Promise<void> {
  const { handle, head, options, scope } = request;
  const check = new WholeCheck(context, head);
  const buffer = Buffer.allocUnsafe(Math.min(head.sizeBytes, transferLimits.fileChunkBytes));
  let filled = 0;
  let doneBytes = 0;
  const flush = async (): Promise<void> => {
    await writeAll(handle, buffer.subarray(0, filled), doneBytes);
    doneBytes += filled;
    filled = 0;
    options.onProgress?.({ doneBytes, totalBytes: head.sizeBytes });
  };
  const chunks = resumedBody({
    store: context.store,
    head,
    versionId: options.versionId,
    first: 0,
    lengthBytes: head.sizeBytes,
    opened: request.opened,
    signal: scope.signal,
  });
  for await (const chunk of chunks) {
    check.update(chunk);
    for (let from = 0; from < chunk.length;) {
      const piece = chunk.subarray(from, from + buffer.length - filled);
      buffer.set(piece, filled);
      filled += piece.length;
      from += piece.length;
      if (filled === buffer.length) await flush();
    }
  }
  if (filled > 0) await flush();
  check.finish(operation);
}

/**
 * Ranges side by side, each gathered in a buffer of its own. Buffers wait their turn for the checksum,
 * which takes bytes in order, and are then written where they belong. The first range is the
 * beginning of the body that is open already.
 */
export async function writeRanges(context: TransferContext, request: WriteDownload): Promise<void> {
  const { handle, head, ledger, options, scope } = request;
  const rangeBytes = transferLimits.partBytes;
  const count = Math.ceil(head.sizeBytes / rangeBytes);
  const check = new WholeCheck(context, head);
  const turns = new Turns();
  const pool = new BufferPool(rangeBytes);
  let next = 0;
  let doneBytes = 0;
  const lanes = Math.min(count, options.concurrency ?? transferLimits.partsInFlight);
  await runLanes(lanes, scope.signal, async (signal) => {
    onAbort(signal, () => turns.cancel());
    while (next < count && !signal.aborted) {
      const index = next;
      next += 1;
      const offset = index * rangeBytes;
      const buffer = pool.take(Math.min(rangeBytes, head.sizeBytes - offset));
      const isThere = await isWritten(request, buffer, offset);
      if (!isThere) await fillRange(context, { ...request, scope: { signal } }, buffer, offset);
      await turns.take(index);
      check.update(buffer);
      turns.pass();
      if (!isThere) {
        await writeAll(handle, buffer, offset);
        ledger?.wrote({ offset, lengthBytes: buffer.length, crc32: zlib.crc32(buffer) });
      }
      doneBytes += buffer.length;
      options.onProgress?.({ doneBytes, totalBytes: head.sizeBytes });
      pool.give(buffer);
    }
  });
  check.finish(operation);
}

/** Fills the buffer with what an earlier run wrote; false when it is not there as it was written. */
async function isWritten(
  { handle, ledger }: WriteDownload,
  buffer: Buffer,
  offset: number,
): Promise<boolean> {
  const crc32 = ledger?.crc32Of(offset, buffer.length);
  if (crc32 === undefined) return false;
  let filled = 0;
  while (filled < buffer.length) {
    const position = offset + filled;
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return zlib.crc32(buffer) === crc32;
}

async function fillRange(
  context: TransferContext,
  { head, opened, options, scope }: WriteDownload,
  buffer: Buffer,
  offset: number,
): Promise<void> {
  const chunks = resumedBody({
    store: context.store,
    head,
    versionId: options.versionId,
    first: offset,
    lengthBytes: buffer.length,
    opened: offset === 0 ? opened : undefined,
    signal: scope.signal,
  });
  let filled = 0;
  for await (const chunk of chunks) {
    buffer.set(chunk, filled);
    filled += chunk.length;
  }
}

/** Lets holders of the numbers 0, 1, 2, ... through in that order. */
class Turns {
  readonly #waiting = new Map<number, (error?: Error) => void>();
  #current = 0;
  #cancelled = false;

  take(index: number): Promise<void> {
    if (this.#cancelled) return Promise.reject(new Error("Another range failed."));
    if (index === this.#current) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.set(index, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  pass(): void {
    this.#current += 1;
    const wake = this.#waiting.get(this.#current);
    this.#waiting.delete(this.#current);
    wake?.();
  }

  /** Ends all waiting for a turn that will never come. */
  cancel(): void {
    this.#cancelled = true;
    for (const wake of this.#waiting.values()) wake(new Error("Another range failed."));
    this.#waiting.clear();
  }
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
