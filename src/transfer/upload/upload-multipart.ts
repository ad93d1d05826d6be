import { beginUpload } from "./begin-upload.ts";
import { isStorageError, type StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import type {
  EncryptionOptions,
  ObjectHeaders,
  PutResult,
  UploadAddress,
  UploadedPart,
  WriteConditions,
} from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
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
  readonly stored: ObjectHeaders & EncryptionOptions;
  readonly checksum: NonNullable<UploadOptions["checksum"]>;
}

/** The same, with the bytes that go into it. */
export interface WriteRequest extends Omit<MultipartRequest, "checksum"> {
  readonly source: ByteSource;
  readonly options: UploadOptions;
}

/** Uploads in parts, a few at a time. */
export async function uploadMultipart(
  context: TransferContext,
  request: WriteRequest,
  scope: OperationScope,
): Promise<PutResult> {
  const { key, source, stored, options, conditions } = request;
  const multipart = { key, conditions, stored, checksum: options.checksum ?? "auto" };
  return inMultipartUpload(context, multipart, scope, async (upload) => {
    const parts = await sendParts(context, upload, request, scope);
    await source.assertUnchanged();
    return parts;
  });
}

/** Publishes all that `send` has sent, or leaves nothing behind. */
export async function inMultipartUpload(
  context: TransferContext,
  request: MultipartRequest,
  scope: OperationScope,
  send: (upload: UploadAddress) => Promise<readonly UploadedPart[]>,
): Promise<PutResult> {
  const { store } = context;
  const { key, stored, checksum, conditions } = request;
  const { signal } = scope;
  const isSha = checksum === "SHA1" || checksum === "SHA256";
  const checksumType = isSha ? "COMPOSITE" : "FULL_OBJECT";
  const uploadId = await beginUpload(store, key, {
    ...stored,
    ...(checksum !== "auto" && { checksumAlgorithm: checksum }),
    checksumType,
    signal,
  });
  const upload = { key, uploadId };
  try {
    const parts = await send(upload);
    return await store.completeMultipartUpload(upload, parts, {
      ...conditions,
      checksumType,
      signal,
    });
  } catch (error) {
    throw await abandon(context, upload, error);
  }
}

async function sendParts(
  context: TransferContext,
  upload: UploadAddress,
  { source, options }: WriteRequest,
  scope: OperationScope,
): Promise<UploadedPart[]> {
  const { store } = context;
  const unit = store.capabilities.partSizeMultipleBytes;
  const partBytes = choosePartSize(source.sizeBytes, unit, options.partSizeBytes);
  const count = Math.ceil(source.sizeBytes / partBytes);
  const parts: UploadedPart[] = [];
  let next = 0;
  let doneBytes = 0;
  const lanes = Math.min(count, options.concurrency ?? transferLimits.partsInFlight);
  await runLanes(lanes, scope.signal, async (signal) => {
    while (next < count && !signal.aborted) {
      const offset = next * partBytes;
      next += 1;
      const partNumber = next;
      const part = await source.part(offset, Math.min(partBytes, source.sizeBytes - offset));
      try {
        parts.push(
          await store.uploadPart({ ...upload, partNumber }, part.body, {
            checksum: options.checksum ?? "auto",
            signal,
          }),
        );
      } finally {
        part.release();
      }
      doneBytes = Math.min(source.sizeBytes, doneBytes + partBytes);
      options.onProgress?.({ doneBytes, totalBytes: source.sizeBytes });
    }
  });
  return parts.toSorted((a, b) => a.partNumber - b.partNumber);
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
