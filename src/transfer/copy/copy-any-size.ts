import { s3Limits, transferLimits } from "../../core/limits.ts";
import type {
  EncryptionOptions,
  ObjectHead,
  ObjectStore,
  PutResult,
  UploadedPart,
  WriteConditions,
} from "../../core/object-store.ts";
import { StorageError } from "../../core/errors.ts";
import { beginUpload } from "../upload/begin-upload.ts";
import type { TransferContext } from "../transfer-context.ts";
import { objectHeaders } from "../upload/object-headers.ts";
import type { OperationScope } from "../operation-scope.ts";
import { choosePartSize } from "../upload/part-size.ts";
import { runLanes } from "../run-lanes.ts";

/** What to copy where. */
export interface ObjectCopy {
  readonly from: string;
  /** Of the source: what is copied is this object or nothing. */
  readonly head: ObjectHead;
  readonly to: string;
  readonly scope: OperationScope;
  /** Default: the target's own. */
  readonly sourceStore?: ObjectStore;
  readonly versionId?: string;
  readonly encryption?: EncryptionOptions;
  readonly conditions?: WriteConditions;
}

/** One CopyObject up to 5 GiB, UploadPartCopy above; both of exactly the object that HEAD saw. */
export async function copyAnySize(
  context: TransferContext,
  request: ObjectCopy,
): Promise<PutResult> {
  const { store } = context;
  const { from, to, head, scope, versionId } = request;
  if (head.sizeBytes > s3Limits.singleCopyBytes) return copyInParts(context, request);
  const { bucket } = request.sourceStore ?? store;
  return store.copyObject(
    { bucket, key: from, ifMatch: head.etag, ...(versionId !== undefined && { versionId }) },
    to,
    { ...request.encryption, ...request.conditions, signal: scope.signal },
  );
}

/** The store moves these bytes itself, so parts are large and few. */
const copyPartBytes = s3Limits.singleCopyBytes / 10;

async function copyInParts(context: TransferContext, request: ObjectCopy): Promise<PutResult> {
  const { store } = context;
  const { scope, to, from, head, versionId, sourceStore = store } = request;
  const { signal } = scope;
  const version = versionId !== undefined && { versionId };
  const unit = store.capabilities.partSizeMultipleBytes;
  const partBytes = choosePartSize(head.sizeBytes, unit, copyPartBytes);
  const count = Math.ceil(head.sizeBytes / partBytes);
  // Unlike CopyObject, a multipart upload takes nothing over from the source by itself.
  const uploadId = await beginUpload(store, to, {
    ...objectHeaders(head),
    ...request.encryption,
    checksumAlgorithm: "none",
    signal,
  });
  const upload = { key: to, uploadId };
  const source = {
    bucket: sourceStore.bucket,
    key: from,
    ifMatch: head.etag,
    ...version,
  };
  const parts: UploadedPart[] = [];
  let next = 0;
  try {
    await runLanes(Math.min(count, transferLimits.partsInFlight), signal, async (lane) => {
      while (next < count && !lane.aborted) {
        const first = next * partBytes;
        next += 1;
        const range = { first, last: Math.min(first + partBytes, head.sizeBytes) - 1 };
        const address = { ...upload, partNumber: next };
        parts.push(await store.uploadPartCopy(address, source, { range, signal: lane }));
      }
    });
    // A store that looks at no condition would have copied parts of two objects.
    const now = await sourceStore.headObject(from, { ...version, signal });
    if (now.etag !== head.etag) throw replacedMeanwhile(sourceStore.bucket, from);
    return await store.completeMultipartUpload(upload, parts, { ...request.conditions, signal });
  } catch (error) {
    await store
      .abortMultipartUpload(upload, { timeoutMs: transferLimits.abortWaitMs })
      .catch(() => undefined);
    throw error;
  }
}

function replacedMeanwhile(bucket: string, key: string): StorageError {
  return new StorageError("PreconditionFailed", `copy: ${key} was replaced while it was copied.`, {
    operation: "copy",
    bucket,
    key,
    retryable: true,
    remedy: "Copy it again once its writer is done; nothing was written.",
  });
}
