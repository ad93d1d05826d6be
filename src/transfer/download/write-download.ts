import { writeSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { ChecksumAlgorithm, RunningDigest } from "../../core/checksum.ts";
import { transferLimits } from "../../core/limits.ts";
import type { ObjectBody } from "../../core/object-body.ts";
import type { ObjectHead } from "../../core/object-store.ts";
import type { DownloadLedger } from "../journal/download-ledger.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { DownloadOptions } from "../transfer-options.ts";
import type { OperationScope } from "../operation-scope.ts";
import { pourResumed } from "./resumed-body.ts";
import { runLanes } from "../run-lanes.ts";
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
  const checks = new RangeChecks(context, head, count);
  let next = 0;
  const progress = { doneBytes: 0, totalBytes: sizeBytes };
  const lanes = Math.min(count, options.concurrency ?? transferLimits.partsInFlight);
  await runLanes(lanes, scope.signal, async (signal) => {
    while (next < count && !signal.aborted) {
      const index = next;
      next += 1;
      const offset = index * rangeBytes;
      const range = { offset, lengthBytes: Math.min(rangeBytes, sizeBytes - offset) };
      const newDigest = (): RangeDigest => new RangeDigest(context, checks, request);
      const written = newDigest();
      const isThere = await isWritten(request, range, written);
      const fetched = isThere ? written : newDigest();
      if (isThere) progress.doneBytes += range.lengthBytes;
      else
        await fetchRange(context, { ...request, scope: { signal } }, { range, fetched, progress });
      options.onProgress?.({ ...progress });
      checks.add(index, { digest: fetched.ofObject, lengthBytes: range.lengthBytes });
    }
  });
  await checks.finish(operation, handle);
}

interface FileRange {
  readonly offset: number;
  readonly lengthBytes: number;
}

/**
 * What is reckoned of a range while its bytes pass: the digest that the object's is made of, which the
 * ledger remembers as well; for the ledger alone a CRC32.
 */
class RangeDigest {
  readonly #isOfObject: boolean;
  readonly #algorithm: ChecksumAlgorithm;
  readonly #running: RunningDigest | undefined;
  #digest: Uint8Array | undefined;

  constructor(
    { createDigest }: TransferContext,
    checks: RangeChecks,
    { head, ledger }: Pick<WriteDownload, "head" | "ledger">,
  ) {
    const ofObject = checks.newDigest();
    this.#isOfObject = ofObject !== undefined;
    this.#algorithm = (ofObject && head.checksum?.algorithm) ?? "CRC32";
    this.#running = ofObject ?? (ledger && createDigest("CRC32"));
  }

  update(bytes: Uint8Array): void {
    this.#running?.update(bytes);
  }

  get ofObject(): Uint8Array | undefined {
    return this.#isOfObject ? this.#ended : undefined;
  }

  /** With the algorithm's name, as the ledger keeps it. */
  get text(): string | undefined {
    const digest = this.#ended;
    return digest && `${this.#algorithm} ${Buffer.from(digest).toString("base64")}`;
  }

  get #ended(): Uint8Array | undefined {
    return (this.#digest ??= this.#running?.digest());
  }
}

interface RangeToFetch {
  readonly range: FileRange;
  readonly fetched: RangeDigest;
  readonly progress: { doneBytes: number; readonly totalBytes: number };
}

async function fetchRange(
  context: TransferContext,
  { handle, head, ledger, opened, options, scope }: WriteDownload,
  { range, fetched, progress }: RangeToFetch,
): Promise<void> {
  const { offset, lengthBytes } = range;
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
    fetched.update(chunk);
    const at = position;
    position += chunk.length;
    progress.doneBytes += chunk.length;
    options.onProgress?.({ ...progress });
    const isDone = context.pieces.try(() => writeAllSync(handle.fd, chunk, at));
    return isDone === true ? undefined : writeAll(handle, chunk, at);
  });
  const { text: digest } = fetched;
  if (digest !== undefined) ledger?.wrote({ offset, lengthBytes, digest });
}

/** Whether an earlier run wrote the range, and it is there as it was written. */
async function isWritten(
  { handle, ledger }: WriteDownload,
  { offset, lengthBytes }: FileRange,
  digest: RangeDigest,
): Promise<boolean> {
  const expected = ledger?.digestOf(offset, lengthBytes);
  if (expected === undefined) return false;
  const buffer = Buffer.allocUnsafe(Math.min(lengthBytes, transferLimits.fileChunkBytes));
  for (let done = 0; done < lengthBytes;) {
    const wanted = Math.min(buffer.length, lengthBytes - done);
    const { bytesRead } = await handle.read(buffer, 0, wanted, offset + done);
    if (bytesRead === 0) return false;
    digest.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
  }
  return digest.text === expected;
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
