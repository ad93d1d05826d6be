import { isStorageError, type StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { type ChecksumType, isCombinable } from "../../core/checksum.ts";
import type {
  EncryptionOptions,
  ObjectHeaders,
  ObjectStore,
  ObjectTags,
  PutResult,
  UploadAddress,
  UploadedPart,
  WriteConditions,
} from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { beginUpload } from "./begin-upload.ts";
import { mayGoOn } from "../journal/may-go-on.ts";
import { UploadLedger } from "../journal/upload-ledger.ts";
import { digestOf } from "../journal/upload-record.ts";
import type { ByteSource } from "./byte-source.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { UploadOptions } from "../transfer-options.ts";
import type { OperationScope } from "../operation-scope.ts";
import { choosePartSize } from "./part-size.ts";
import { runLanes } from "../run-lanes.ts";

/** The object that a multipart upload makes. */
export interface MultipartRequest {
  readonly key: string;
  readonly conditions: WriteConditions;
  /** Headers and encryption as stored with the object. */
  readonly stored: ObjectHeaders & EncryptionOptions & { readonly tags?: ObjectTags };
  readonly checksum: NonNullable<UploadOptions["checksum"]>;
  /** Remembers the parts for a later run. */
  readonly ledger?: UploadLedger | undefined;
}

/** The same, with the bytes that go into it. */
export interface WriteRequest extends Omit<MultipartRequest, "checksum" | "ledger"> {
  readonly source: ByteSource;
  readonly options: UploadOptions;
}

/** Uploads in parts, a few at a time, going on with what an earlier run has sent. */
export async function uploadMultipart(
  context: TransferContext,
  request: WriteRequest,
  scope: OperationScope,
): Promise<PutResult> {
  const { key, source, stored, options, conditions } = request;
  const unit = context.store.capabilities.partSizeMultipleBytes;
  const asked = choosePartSize(source.sizeBytes, unit, options.partSizeBytes);
  const ledger = await openLedger(context, request, asked, scope);
  if (ledger?.completed !== undefined) {
    await ledger.remove();
    return ledger.completed;
  }
  const partBytes = ledger?.left?.partBytes ?? asked;
  const multipart = { key, conditions, stored, checksum: options.checksum ?? "auto", ledger };
  return inMultipartUpload(context, multipart, scope, async (upload) => {
    const parts = await sendParts(context, upload, { ...request, ledger, partBytes }, scope);
    await source.assertUnchanged();
    return parts;
  });
}

/** Undefined: nobody would find these bytes again, or nothing is to be remembered. */
async function openLedger(
  { store, journals }: TransferContext,
  { key, source, stored, options }: WriteRequest,
  partBytes: number,
  { signal }: OperationScope,
): Promise<UploadLedger | undefined> {
  const { origin } = source;
  if (journals === undefined || origin === undefined) return undefined;
  return UploadLedger.open({
    store,
    journals,
    key,
    localPath: origin.path,
    source: origin.identity,
    headers: digestOf([stored, options.checksum ?? "auto"]),
    partBytes,
    signal,
    tell: (notice) => options.onNotice?.(notice),
  });
}

/** Publishes all that `send` has sent, or leaves nothing behind but what a later run goes on with. */
export async function inMultipartUpload(
  context: TransferContext,
  request: MultipartRequest,
  scope: OperationScope,
  send: (upload: UploadAddress) => Promise<readonly UploadedPart[]>,
): Promise<PutResult> {
  const { store } = context;
  const { key, checksum, conditions, ledger } = request;
  const { signal } = scope;
  const isHash = checksum !== "auto" && checksum !== "none" && !isCombinable(checksum);
  const checksumType = isHash ? "COMPOSITE" : "FULL_OBJECT";
  const left = ledger?.left?.uploadId;
  const uploadId = left ?? (await begin(store, request, checksumType, scope));
  const upload = { key, uploadId };
  try {
    const parts = await send(upload);
    const options = { ...conditions, checksumType, signal } as const;
    const put = await store.completeMultipartUpload(upload, parts, options);
    await ledger?.remove();
    return put;
  } catch (error) {
    throw await afterFailure(context, upload, error, ledger);
  }
}

/** Keeps what a later run can go on with, else leaves nothing. Answers the error to throw. */
async function afterFailure(
  context: TransferContext,
  upload: UploadAddress,
  error: unknown,
  ledger: UploadLedger | undefined,
): Promise<unknown> {
  if (ledger?.isWorthKeeping === true && isResumable(context, error)) {
    await ledger.keep();
    return toGoOn(error, upload.uploadId, ledger.partsKnown);
  }
  await ledger?.remove();
  return abandon(context, upload, error);
}

async function begin(
  store: ObjectStore,
  { key, stored, checksum, ledger }: MultipartRequest,
  checksumType: ChecksumType,
  { signal }: OperationScope,
): Promise<string> {
  await ledger?.beginning();
  try {
    const uploadId = await beginUpload(store, key, {
      ...stored,
      ...(checksum !== "auto" && { checksumAlgorithm: checksum }),
      checksumType,
      signal,
    });
    ledger?.begun(uploadId);
    return uploadId;
  } catch (error) {
    // Of a lost answer: the store may have made one all the same.
    const isLost = isStorageError(error) && error.outcome === "unknown";
    await (isLost ? ledger?.keep() : ledger?.remove());
    throw error;
  }
}

interface PartsRequest extends WriteRequest {
  readonly ledger: UploadLedger | undefined;
  readonly partBytes: number;
}

async function sendParts(
  context: TransferContext,
  upload: UploadAddress,
  { source, options, ledger, partBytes }: PartsRequest,
  scope: OperationScope,
): Promise<UploadedPart[]> {
  const { store } = context;
  const count = Math.ceil(source.sizeBytes / partBytes);
  const there = ledger?.left?.parts;
  const parts: UploadedPart[] = [...(there?.values() ?? [])];
  let next = 0;
  let doneBytes = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const lanes = Math.min(count, options.concurrency ?? transferLimits.partsInFlight);
  await runLanes(lanes, scope.signal, async (signal) => {
    while (next < count && !signal.aborted) {
      const offset = next * partBytes;
      next += 1;
      const partNumber = next;
      if (there?.has(partNumber) === true) continue;
      const part = await source.part(offset, Math.min(partBytes, source.sizeBytes - offset));
      try {
        const sent = await store.uploadPart({ ...upload, partNumber }, part.body, {
          checksum: options.checksum ?? "auto",
          signal,
        });
        parts.push(sent);
        ledger?.sent(sent);
        doneBytes += sent.sizeBytes;
      } finally {
        part.release();
      }
      options.onProgress?.({ doneBytes, totalBytes: source.sizeBytes });
    }
  });
  return parts.toSorted((a, b) => a.partNumber - b.partNumber);
}

function isResumable({ store }: TransferContext, error: unknown): boolean {
  // To some stores a refusal may mean that they do not overwrite, and another way is tried then.
  const mayBeRefusal = store.capabilities.overwrite !== "yes";
  return mayGoOn(error) && !(mayBeRefusal && isStorageError(error, "PermissionDenied"));
}

function toGoOn(error: unknown, uploadId: string, partsKnown: number): unknown {
  if (!isStorageError(error)) return error;
  const goOn = `Run it again to go on: ${partsKnown} parts that were sent are kept in the bucket.`;
  return restateError(error, {
    remedy: error.remedy === undefined ? goOn : `${error.remedy} ${goOn}`,
    details: { ...error.details, UploadId: uploadId, Resumable: "yes" },
  });
}

/** Frees the parts, within bounds, and says what is left when that fails. */
async function abandon(
  context: TransferContext,
  upload: UploadAddress,
  error: unknown,
): Promise<unknown> {
  // A completion whose answer was lost may have gone through: nothing is to be taken away then.
  if (isStorageError(error) && error.outcome === "unknown" && isCompletion(error)) return error;
  try {
    await context.store.abortMultipartUpload(upload, { timeoutMs: transferLimits.abortWaitMs });
    return error;
  } catch (abortError) {
    if (!isStorageError(error) || isStorageError(abortError, "Closed")) return error;
    const remains = `Parts of the failed upload may be left in the bucket: abort upload ${upload.uploadId}, or let a lifecycle rule do it.`;
    return restateError(error, {
      remedy: error.remedy === undefined ? remains : `${error.remedy} ${remains}`,
      details: { ...error.details, UploadId: upload.uploadId },
    });
  }
}

function isCompletion(error: StorageError): boolean {
  return error.operation === "CompleteMultipartUpload";
}
