import { StorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import { replaceLimits } from "../../core/replace-limits.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import type { ObjectHead, ObjectStore, PutResult } from "../../core/object-store.ts";
import { sameEtag } from "../../core/same-etag.ts";
import { copyAnySize } from "../copy/copy-any-size.ts";
import { headOrMissing } from "../objects/head-or-missing.ts";
import type { TransferContext } from "../transfer-context.ts";
import { discardStaged } from "./discard-staged.ts";
import {
  isRefusal,
  nothingReplaced,
  replaceError,
  type ReplaceRequest,
} from "./replace-request.ts";
import { sameContents } from "./same-contents.ts";
import { removeAbandoned } from "./remove-abandoned.ts";
import { stagingKeyFor } from "./staging-key.ts";

/** From the deletion on, the caller's stop comes too late: the key holds nothing until the copy is there. */
const unstoppable = { signal: new AbortController().signal };
const ownCall = { timeoutMs: transferLimits.abortWaitMs };

/**
 * Writes beside, checks, deletes the old object, copies into place. At every moment a whole version is
 * in the bucket, under the key or beside it; what a crash leaves, `recoverReplacements` finishes or
 * takes back. An object that another writer has put there meanwhile stays: Conflict.
 */
export async function replaceStaged(
  context: TransferContext,
  request: ReplaceRequest,
  existing: ObjectHead,
): Promise<PutResult> {
  const stagingKey = stagingKeyFor(request.key, context.randomName());
  await removeAbandoned(context.store, request.key, request.scope.signal);
  let written: ObjectHead;
  try {
    written = await stage(context.store, request, stagingKey);
    await assertUntouched(context.store, request, existing);
  } catch (error) {
    await discardStaged(context.store, stagingKey);
    throw nothingReplaced(request, error, "replacing it in steps failed");
  }
  await takeOldAway(context.store, request, existing, stagingKey);
  return putInPlace(context, request, written, stagingKey);
}

/** The new bytes under a name that nobody else uses, proven to be there whole. */
async function stage(
  store: ObjectStore,
  { write, sizeBytes, scope: { signal } }: ReplaceRequest,
  stagingKey: string,
): Promise<ObjectHead> {
  let etag: string | undefined;
  try {
    ({ etag } = await write(stagingKey, {}));
  } catch (error) {
    // Sent again after an answer that was lost, it meets itself.
    if (!isRefusal(error) || (await headOrMissing(store, stagingKey, { signal })) === undefined) {
      throw error;
    }
  }
  const written = await store.headObject(stagingKey, { signal });
  if (written.sizeBytes !== sizeBytes) {
    throw new StorageError(
      "IntegrityError",
      `The staged object has ${written.sizeBytes} bytes instead of ${sizeBytes}.`,
    );
  }
  if (etag !== undefined && etag !== "" && !sameEtag(etag, written.etag)) {
    throw new StorageError("IntegrityError", "The staged object is not the one that was written.");
  }
  return written;
}

/** What another writer put there meanwhile is not what gets deleted. */
async function assertUntouched(
  store: ObjectStore,
  { key, conditions, scope: { signal } }: ReplaceRequest,
  existing: ObjectHead,
): Promise<void> {
  const current = await headOrMissing(store, key, { signal });
  if (current?.etag === existing.etag) return;
  if (current !== undefined) {
    throw new StorageError("Conflict", `${key} was replaced by another writer meanwhile.`, {
      retryable: true,
    });
  }
  if (conditions.ifMatch !== undefined) {
    throw new StorageError("PreconditionFailed", `${key} was deleted by another writer meanwhile.`);
  }
}

async function takeOldAway(
  store: ObjectStore,
  request: ReplaceRequest,
  existing: ObjectHead,
  stagingKey: string,
): Promise<void> {
  const { key, scope } = request;
  const pin = store.capabilities.conditionalDeletes === "yes" && { ifMatch: existing.etag };
  try {
    await store.deleteObject(key, { ...pin, signal: scope.signal });
  } catch (error) {
    const left = await headOrMissing(store, key, ownCall).catch(() => "not known" as const);
    // It was deleted, and only the answer was lost.
    if (left === undefined) return;
    if (left === "not known") {
      throw leftBeside(store, request, error, stagingKey, "whether the old object is deleted");
    }
    await discardStaged(store, stagingKey);
    throw nothingReplaced(request, error, "replacing it in steps failed");
  }
}

async function putInPlace(
  context: TransferContext,
  request: ReplaceRequest,
  written: ObjectHead,
  stagingKey: string,
): Promise<PutResult> {
  const { key, encryption } = request;
  const { store } = context;
  const copy = { from: stagingKey, head: written, to: key, scope: unstoppable, encryption };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const put = await copyAnySize(context, copy);
      await discardStaged(store, stagingKey);
      return put;
    } catch (error) {
      const there = await headOrMissing(store, key, ownCall).catch(() => "not known" as const);
      const isSame = isHead(there) ? await isSameNow(store, written, there) : undefined;
      // Another writer's object was in the way, and has been taken away by a third meanwhile.
      const mayRepeat = isRefusal(error) && attempt < replaceLimits.replaceAttempts;
      if (mayRepeat && isSame === undefined && (await isGone(store, key, there))) continue;
      return explainedCopy(store, request, error, { written, there, isSame });
    }
  }
}

type Found = ObjectHead | undefined | "not known";

function isHead(found: Found): found is ObjectHead {
  return found !== undefined && found !== "not known";
}

/** Undefined: that could not be seen. */
async function isSameNow(
  store: ObjectStore,
  written: ObjectHead,
  there: ObjectHead,
): Promise<boolean | undefined> {
  return await sameContents(store, written, there).catch(() => undefined);
}

/** Whether what was found at the key is there no more. */
async function isGone(store: ObjectStore, key: string, found: Found): Promise<boolean> {
  if (!isHead(found)) return found === undefined;
  const now = await headOrMissing(store, key, ownCall).catch(() => "not known" as const);
  return now !== "not known" && now?.etag !== found.etag;
}

/** The copy failed, or its answer was lost, or another writer was quicker. */
async function explainedCopy(
  store: ObjectStore,
  request: ReplaceRequest,
  error: unknown,
  {
    written,
    there,
    isSame,
  }: { readonly written: ObjectHead; readonly there: Found; readonly isSame: boolean | undefined },
): Promise<PutResult> {
  const { key } = request;
  const unclear = (what: string): StorageError =>
    leftBeside(store, request, error, written.key, what);
  if (there === "not known") throw unclear("whether the new object is in place");
  if (there === undefined) {
    if (await isProvenGone(store, written.key)) throw deletedMeanwhile(store, request, error);
    throw replaceError(request, error, {
      message: `${key}: the old object was deleted, and copying the new one into place failed.`,
      remedy: safeBeside(store, written.key),
      outcome: "applied",
    });
  }
  if (isSame === undefined) throw unclear("whether the object there is the new one");
  await discardStaged(store, written.key);
  if (isSame) return { etag: there.etag, ...(there.checksum && { checksum: there.checksum }) };
  throw new StorageError("Conflict", `${key} was replaced by another writer meanwhile.`, {
    operation: request.operation,
    bucket: store.bucket,
    key,
    retryable: true,
    cause: error,
    remedy:
      "The key holds the other writer's object. Write yours again if it shall take its place.",
  });
}

async function isProvenGone(store: ObjectStore, key: string): Promise<boolean> {
  const found = await headOrMissing(store, key, ownCall).catch(() => "not known" as const);
  return found === undefined;
}

/** A deletion takes away what waits beside the key, too. */
function deletedMeanwhile(
  store: ObjectStore,
  request: ReplaceRequest,
  cause: unknown,
): StorageError {
  const { key, operation } = request;
  const message = `${key} was deleted meanwhile, and with it the new bytes that waited beside it.`;
  return new StorageError("Conflict", message, {
    operation,
    bucket: store.bucket,
    key,
    cause,
    retryable: true,
    outcome: "applied",
    remedy: "The key holds nothing now. Write it again if it shall be there.",
  });
}

function leftBeside(
  store: ObjectStore,
  request: ReplaceRequest,
  cause: unknown,
  stagingKey: string,
  unknown: string,
): StorageError {
  return replaceError(request, cause, {
    message: `${request.key}: the replacement was cut short, and ${unknown} is not known.`,
    remedy: safeBeside(store, stagingKey),
    outcome: "unknown",
  });
}

function safeBeside({ bucket }: ObjectStore, key: string): string {
  const place = formatS3Uri({ bucket, key: key.slice(0, key.lastIndexOf("/") + 1) });
  return `The new bytes are safe in ${key}: finish it with sms-storage recover '${place}'.`;
}
