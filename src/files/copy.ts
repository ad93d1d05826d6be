import { s3Limits, transferLimits } from "../core/limits.ts";
import type {
  EncryptionOptions,
  ObjectHead,
  ObjectStore,
  PutResult,
  UploadedPart,
  WriteConditions,
} from "../core/object-store.ts";
import { beginUpload } from "./begin-upload.ts";
import { toEncryption, toKey } from "./file-context.ts";
import type { FileContext } from "./file-context.ts";
import type { CopyFileOptions, UploadResult } from "./file-service.ts";
import { objectHeaders } from "./object-headers.ts";
import { inScope } from "./operation-scope.ts";
import type { OperationScope } from "./operation-scope.ts";
import { choosePartSize } from "./part-size.ts";
import { runLanes } from "./run-lanes.ts";
import { toUploadResult } from "./upload-result.ts";

export async function copy(
  context: FileContext,
  from: string,
  to: string,
  options: CopyFileOptions = {},
): Promise<UploadResult> {
  const target = toKey(context, to);
  return inScope("copy", options, async (scope) => {
    const { put, head } = await copyAnySize(context, {
      from: options.sourceStore === undefined ? toKey(context, from) : from,
      to: target,
      scope,
      encryption: toEncryption(context, options.sse),
      conditions: options.ifAbsent === undefined ? {} : { ifAbsent: options.ifAbsent },
      ...(options.versionId === undefined ? {} : { versionId: options.versionId }),
      ...(options.sourceStore === undefined ? {} : { sourceStore: options.sourceStore }),
    });
    return toUploadResult(target, head.sizeBytes, put);
  });
}

export interface CopyRequest {
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
  context: FileContext,
  request: CopyRequest,
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
  context: FileContext,
  request: CopyRequest,
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
    ...(request.versionId === undefined ? {} : { versionId: request.versionId }),
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
