import { isStorageError, type StorageError } from "../../core/errors.ts";
import type { ObjectHead, PutResult } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { sameEtag } from "../../core/same-etag.ts";
import type { TransferContext } from "../transfer-context.ts";
import {
  isRefusal,
  nothingReplaced,
  replaceError,
  type ReplaceRequest,
} from "./replace-request.ts";
import { replaceStaged } from "./replace-staged.ts";

/**
 * Writes, and when a store that is not known to overwrite refuses although the key exists, replaces
 * the object in steps, or says which condition the existing object breaks. Which refusal it was does
 * not matter: behaviour decides, not a code. Throws StorageError.
 */
export async function replaceWhenRefused(
  context: TransferContext,
  request: ReplaceRequest,
): Promise<PutResult> {
  const { key, conditions, scope } = request;
  try {
    return await request.write(key, conditions);
  } catch (error) {
    if (context.store.capabilities.overwrite === "yes" || !isRefusal(error)) throw error;
    const existing = await context.store
      .headObject(key, { signal: scope.signal })
      .catch(() => undefined);
    if (existing === undefined) throw error;
    assertConditions(request, error, existing);
    switch (request.replace ?? context.replace) {
      case "direct":
        throw nothingReplaced(request, error, "the store refused to overwrite");
      case "delete-first":
        return deleteFirst(context, request);
      case "staged":
        return replaceStaged(context, request, existing);
    }
  }
}

/** Judges the conditions that the store may not have come to, since it refused to overwrite at all. */
function assertConditions(
  { operation, key, conditions }: ReplaceRequest,
  error: StorageError,
  existing: ObjectHead,
): void {
  if (conditions.ifAbsent === true) {
    if (error.code === "AlreadyExists") throw error;
    throw restateError(error, {
      code: "AlreadyExists",
      operation,
      message: `${operation}: ${key} exists already in ${error.bucket ?? "the bucket"}.`,
      remedy: "Choose another key, or leave ifAbsent out to replace the object.",
    });
  }
  const { ifMatch } = conditions;
  if (ifMatch === undefined || sameEtag(ifMatch, existing.etag)) return;
  if (error.code === "PreconditionFailed") throw error;
  throw restateError(error, {
    code: "PreconditionFailed",
    operation,
    message: `${operation}: ${key} is ${existing.etag}, not ${ifMatch}.`,
    remedy: "Somebody else wrote it meanwhile: read it again before it is replaced.",
  });
}

async function deleteFirst(context: TransferContext, request: ReplaceRequest): Promise<PutResult> {
  const { key, scope } = request;
  try {
    await context.store.deleteObject(key, { signal: scope.signal });
  } catch (error) {
    if (isStorageError(error) && error.outcome === "unknown") {
      throw replaceError(request, error, {
        message: `${key}: whether the old object was deleted is not known; nothing new was written.`,
        remedy: "Upload it again.",
        outcome: "unknown",
      });
    }
    throw nothingReplaced(request, error, "the old object could not be deleted");
  }
  try {
    return await request.write(key, {});
  } catch (error) {
    throw replaceError(request, error, {
      message: `${key}: the old object was deleted, but the new one could not be written.`,
      remedy: "Upload it again; the key holds nothing now.",
      outcome: "applied",
    });
  }
}
