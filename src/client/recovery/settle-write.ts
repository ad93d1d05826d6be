import { type StorageError, isStorageError } from "../../core/errors.ts";
import type {
  CallOptions,
  ObjectHead,
  PutResult,
  WriteConditions,
} from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { headObject } from "../operations/head-object.ts";
import type { StoreContext } from "../operations/store-context.ts";

export interface FailedWrite {
  readonly store: StoreContext;
  readonly key: string;
  /** Of the call, which also says how long it may take. */
  readonly conditions: WriteConditions & CallOptions;
  /** Whether the object found is what this call wanted to write. */
  readonly isOwn: (head: ObjectHead) => boolean;
}

/**
 * Says what the failure of a write means. A condition that failed, or an upload that is gone, after
 * an answer was lost may be the work of our own earlier attempt: then the object found is compared
 * before it is blamed. Throws StorageError.
 */
export async function settleWrite(failure: unknown, write: FailedWrite): Promise<PutResult> {
  if (!isStorageError(failure)) throw failure;
  // 304 is none; 200: the store had begun its answer.
  const isRefused = failure.status === 412 || failure.status === 200;
  const isFailedCondition = isRefused && failure.code === "PreconditionFailed";
  const isThere = isFailedCondition && write.conditions.ifAbsent === true;
  if (failure.outcome === "unknown" && (isThere || failure.s3Code === "NoSuchUpload")) {
    const written = await findOwn(write);
    if (written !== undefined) return written;
  }
  throw explain(failure, write, isThere);
}

async function findOwn(write: FailedWrite): Promise<PutResult | undefined> {
  const { store, key, isOwn } = write;
  const { signal, timeoutMs } = write.conditions;
  const head = await headObject(store, key, {
    ...(signal !== undefined && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  }).catch(() => undefined);
  if (head === undefined || !isOwn(head)) return undefined;
  const { etag, versionId, checksum } = head;
  return {
    etag,
    ...(versionId !== undefined && { versionId }),
    ...(checksum !== undefined && { checksum }),
  };
}

function explain(error: StorageError, write: FailedWrite, isThere: boolean): StorageError {
  const { store, key, conditions } = write;
  if (isThere) {
    return restateError(error, {
      code: "AlreadyExists",
      message: `${error.operation ?? "PutObject"}: ${key} exists already in ${store.bucket}.`,
      remedy: "Choose another key, or leave ifAbsent out to replace the object.",
    });
  }
  const isGone = error.s3Code === "NoSuchUpload" || error.s3Code === "NoSuchBucket";
  const isMissing = error.code === "NotFound" && !isGone;
  // S3 answers If-Match on a missing key with 404; to the caller it is a condition not met.
  return conditions.ifMatch !== undefined && isMissing
    ? restateError(error, { code: "PreconditionFailed" })
    : error;
}
