import { s3Limits, transferLimits } from "../../core/limits.ts";
import type {
  EncryptionOptions,
  ObjectHead,
  ObjectStore,
  PutResult,
  UploadedPart,
  WriteConditions,
} from "../../core/object-store.ts";
import { beginUpload } from "../upload/begin-upload.ts";
import { toEncryption, type TransferContext } from "../transfer-context.ts";
import type { CopyFileOptions } from "../transfer-options.ts";
import { objectHeaders } from "../upload/object-headers.ts";
import { inScope, type OperationScope } from "../operation-scope.ts";
import { choosePartSize } from "../upload/part-size.ts";
import { runLanes } from "../run-lanes.ts";
import type { WrittenObject } from "../written-object.ts";

/** One object to another key, on the store's side. Throws NotFound. */
export async function copyObject(
  context: TransferContext,
  from: string,
  to: string,
  options: CopyFileOptions = {},
): Promise<WrittenObject> {
  return inScope("copy", options, async (scope) => {
    const { ifAbsent, versionId, sourceStore } = options;
    const { put, head } = await copyAnySize(context, {
      from,
      to,
      scope,
      encryption: toEncryption(context, options.sse),
      conditions: { ...(ifAbsent !== undefined && { ifAbsent }) },
      ...(versionId !== undefined && { versionId }),
      ...(sourceStore !== undefined && { sourceStore }),
    });
    return { key: to, sizeBytes: head.sizeBytes, put };
  });
}

interface ObjectCopy {
  readonly from: string;
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
): Promise<{ put: PutResult; head: ObjectHead }> {
  const { store } = context;
  const { signal } = request.scope;
  const version = request.versionId === undefined ? {} : { versionId: request.versionId };
  const sourceStore = request.sourceStore ?? store;
  const head = await sourceStore.headObject(request.from, { ...version, signal });
  if (head.sizeBytes > s3Limits.singleCopyBytes) {
    return { put: await copyInParts(context, request, head), head };
  }
  const put = await store.copyObject(
    { bucket: sourceStore.bucket, key: request.from, ifMatch: head.etag, ...version },
    request.to,
    {
      ...request.encryption,
      ...request.conditions,
      signal,
    },
  );
  return { put, head };
}

/** The store moves these bytes itself, so parts are large and few. */
const copyPartBytes = s3Limits.singleCopyBytes / 10;

async function copyInParts(
  context: TransferContext,
  request: ObjectCopy,
  head: ObjectHead,
): Promise<PutResult> {
  const { store } = context;
  const { scope, to, from } = request;
  const { signal } = scope;
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
    bucket: (request.sourceStore ?? store).bucket,
    key: from,
    ifMatch: head.etag,
    ...(request.versionId !== undefined && { versionId: request.versionId }),
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
    return await store.completeMultipartUpload(upload, parts, { ...request.conditions, signal });
  } catch (error) {
    await store
      .abortMultipartUpload(upload, { timeoutMs: transferLimits.abortWaitMs })
      .catch(() => undefined);
    throw error;
  }
}
