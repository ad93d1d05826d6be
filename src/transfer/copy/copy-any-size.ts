import type { CopiedExtras } from "../../core/object-extras.ts";
import { s3Limits, transferLimits } from "../../core/limits.ts";
import type { ChecksumAlgorithm } from "../../core/checksum.ts";
import type { CompleteOptions, CreateUploadOptions } from "../../core/multipart-options.ts";
import type {
  EncryptionOptions,
  ObjectHead,
  ObjectStore,
  ObjectTags,
  PutResult,
  UploadedPart,
  VersionOptions,
  WriteConditions,
} from "../../core/object-store.ts";
import { isStorageError, StorageError } from "../../core/errors.ts";
import { beginUpload } from "../upload/begin-upload.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { Progress } from "../transfer-options.ts";
import type { OperationScope } from "../operation-scope.ts";
import { changedHeaders, keptClass, keptRedirect, type ObjectChanges } from "./object-changes.ts";
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
  /** Default: the copy is as its source. */
  readonly changes?: ObjectChanges;
  /** Whether headers are written anew instead of taken over by the store. Default false. */
  readonly replacesHeaders?: boolean;
  /** Default: of a copy onto the object itself the redirect of its website, else none. */
  readonly extras?: CopiedExtras;
  /** Told of each part that is copied, and of all when it is done. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One CopyObject up to 5 GiB, UploadPartCopy above; both of exactly the object that HEAD saw. */
export async function copyAnySize(
  context: TransferContext,
  request: ObjectCopy,
): Promise<PutResult> {
  const { sizeBytes } = request.head;
  const isLarge = sizeBytes > s3Limits.singleCopyBytes;
  const put = await (isLarge ? copyInParts : copyAtOnce)(context, request);
  // Of parts, all of them are told; an object in one piece is done when it is there.
  if (!isLarge) request.onProgress?.({ doneBytes: sizeBytes, totalBytes: sizeBytes });
  return put;
}

function copyAtOnce(context: TransferContext, request: ObjectCopy): Promise<PutResult> {
  const { store } = context;
  const { from, to, head, scope, versionId, changes = {} } = request;
  const { bucket } = request.sourceStore ?? store;
  const headers =
    request.replacesHeaders === true
      ? { ...changedHeaders(head, changes), metadataDirective: "REPLACE" as const }
      : keptClass(head, changes);
  return store.copyObject(
    { bucket, key: from, ifMatch: head.etag, ...(versionId !== undefined && { versionId }) },
    to,
    {
      ...headers,
      ...(changes.tags !== undefined && { tags: changes.tags }),
      ...extrasOf(request, bucket === store.bucket),
      ...request.encryption,
      ...request.conditions,
      signal: scope.signal,
    },
  );
}

function extrasOf({ extras, from, to, head }: ObjectCopy, isSameBucket: boolean): CopiedExtras {
  if (extras !== undefined) return extras;
  return isSameBucket && from === to ? keptRedirect(head) : {};
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
  const { changes = {} } = request;
  // Unlike CopyObject, a multipart upload takes nothing over from the source by itself.
  const tags = changes.tags ?? (await tagsOf(sourceStore, from, { ...version, signal }));
  const uploadId = await beginUpload(store, to, {
    ...changedHeaders(head, changes),
    ...extrasOf(request, sourceStore.bucket === store.bucket),
    ...request.encryption,
    ...(Object.keys(tags).length > 0 && { tags }),
    ...checksumOf(head),
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
  let doneBytes = 0;
  try {
    await runLanes(Math.min(count, transferLimits.partsInFlight), signal, async (lane) => {
      while (next < count && !lane.aborted) {
        const first = next * partBytes;
        next += 1;
        const range = { first, last: Math.min(first + partBytes, head.sizeBytes) - 1 };
        const address = { ...upload, partNumber: next };
        parts.push(await store.uploadPartCopy(address, source, { range, signal: lane }));
        doneBytes += range.last - range.first + 1;
        request.onProgress?.({ doneBytes, totalBytes: head.sizeBytes });
      }
    });
    // A store that looks at no condition would have copied parts of two objects.
    const now = await sourceStore.headObject(from, { ...version, signal });
    if (now.etag !== head.etag) throw replacedMeanwhile(sourceStore.bucket, from);
    return await store.completeMultipartUpload(upload, parts, {
      ...request.conditions,
      ...provenBy(head),
      signal,
    });
  } catch (error) {
    await store
      .abortMultipartUpload(upload, { timeoutMs: transferLimits.abortWaitMs })
      .catch(() => undefined);
    throw error;
  }
}

/** A store without tags has none to lose; a refusal ends the copy, as S3 ends its own. */
async function tagsOf(
  store: ObjectStore,
  key: string,
  options: VersionOptions,
): Promise<ObjectTags> {
  try {
    return await store.getObjectTags(key, options);
  } catch (error) {
    if (isStorageError(error, "NotSupported")) return {};
    throw error;
  }
}

/** As the source has it, so that the store proves the copy against it where it is of all bytes. */
function checksumOf({
  checksum,
}: ObjectHead): Pick<CreateUploadOptions, "checksumAlgorithm" | "checksumType"> {
  if (checksum === undefined) return { checksumAlgorithm: "none" };
  const { algorithm } = checksum;
  return {
    checksumAlgorithm: algorithm,
    checksumType: isSha(algorithm) ? "COMPOSITE" : checksum.type,
  };
}

function provenBy({ checksum }: ObjectHead): Pick<CompleteOptions, "checksum" | "checksumType"> {
  if (checksum?.type !== "FULL_OBJECT" || isSha(checksum.algorithm)) return {};
  return { checksum, checksumType: "FULL_OBJECT" };
}

/** Of an object in parts, a digest is one of digests. */
function isSha(algorithm: ChecksumAlgorithm): boolean {
  return algorithm.startsWith("SHA");
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
