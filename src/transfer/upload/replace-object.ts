import { isStorageError, StorageError } from "../../core/errors.ts";
import { s3Limits } from "../../core/limits.ts";
import type { ObjectHead, PutResult, WriteConditions } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import type { ByteSource } from "./byte-source.ts";
import { copyAnySize } from "../copy/copy-object.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { UploadOptions } from "../transfer-options.ts";
import type { OperationScope } from "../operation-scope.ts";

/** An object to write, and how to write it under any key. */
export interface ReplaceRequest {
  readonly key: string;
  readonly source: ByteSource;
  readonly options: UploadOptions;
  readonly scope: OperationScope;
  write(key: string, conditions: WriteConditions): Promise<PutResult>;
}

/** Statuses with which a store may refuse to overwrite; Qumulo documents none. */
const refusals: ReadonlySet<number> = new Set([403, 405, 409, 412]);

/**
 * Writes, and when a store that is not known to overwrite refuses although the key exists, replaces
 * the object in steps. Which refusal it was does not matter: behaviour decides, not a code.
 */
export async function replaceWhenRefused(
  context: TransferContext,
  request: ReplaceRequest,
): Promise<PutResult> {
  const { key, options, scope } = request;
  const { ifAbsent, ifMatch } = options;
  try {
    return await request.write(key, {
      ...(ifAbsent !== undefined && { ifAbsent }),
      ...(ifMatch !== undefined && { ifMatch }),
    });
  } catch (error) {
    const isConditional = ifAbsent === true || ifMatch !== undefined;
    if (isConditional || !isRefusal(context, error)) throw error;
    const existing = await context.store
      .headObject(key, { signal: scope.signal })
      .catch(() => undefined);
    if (existing === undefined) throw error;
    switch (options.replace ?? context.replace) {
      case "direct":
        throw nothingReplaced(request, error, "the store refused to overwrite");
      case "delete-first":
        return deleteFirst(context, request);
      case "staged":
        return staged(context, request, existing);
    }
  }
}

function isRefusal(context: TransferContext, error: unknown): boolean {
  if (context.store.capabilities.overwrite === "yes") return false;
  return isStorageError(error) && refusals.has(error.status ?? 0);
}

async function deleteFirst(context: TransferContext, request: ReplaceRequest): Promise<PutResult> {
  const { key, scope } = request;
  try {
    await context.store.deleteObject(key, { signal: scope.signal });
  } catch (error) {
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

/** Write beside, check, delete, copy into place: a crash at any point leaves the bytes somewhere. */
async function staged(
  context: TransferContext,
  request: ReplaceRequest,
  existing: ObjectHead,
): Promise<PutResult> {
  const { key, source, scope } = request;
  const { store } = context;
  const { signal } = scope;
  const stagingKey = stagingKeyFor(key, context.randomName());
  try {
    await request.write(stagingKey, {});
    const written = await store.headObject(stagingKey, { signal });
    if (written.sizeBytes !== source.sizeBytes) {
      throw new StorageError(
        "IntegrityError",
        `The staged object has ${written.sizeBytes} bytes instead of ${source.sizeBytes}.`,
      );
    }
    // Pinned, so that what another writer put there meanwhile is not what gets deleted.
    const current = await store.headObject(key, { signal });
    if (current.etag !== existing.etag) {
      throw new StorageError("Conflict", `${key} was replaced by another writer meanwhile.`);
    }
    await store.deleteObject(key, { signal });
  } catch (error) {
    await discard(context, stagingKey);
    throw nothingReplaced(request, error, "replacing it in steps failed");
  }
  try {
    const result = await copyAnySize(context, { from: stagingKey, to: key, scope });
    await discard(context, stagingKey);
    return result.put;
  } catch (error) {
    throw replaceError(request, error, {
      message: `${key}: the old object was deleted, and copying the new one into place failed.`,
      remedy: `The new bytes are safe in ${stagingKey}: copy that object to ${key}.`,
      outcome: "applied",
    });
  }
}

/** In the same directory, as a file system wants it for a cheap copy; within the key's 1,024 bytes. */
function stagingKeyFor(key: string, randomName: string): string {
  const suffix = `.sms-staging-${randomName}`;
  if (Buffer.byteLength(key + suffix, "utf8") <= s3Limits.keyBytes) return key + suffix;
  return key.slice(0, key.lastIndexOf("/") + 1) + suffix;
}

async function discard(context: TransferContext, key: string): Promise<void> {
  // Without the caller's signal: cleaning up matters after an abort too.
  await context.store.deleteObject(key, { timeoutMs: 10_000 }).catch(() => undefined);
}

function nothingReplaced(request: ReplaceRequest, cause: unknown, why: string): StorageError {
  return replaceError(request, cause, {
    message: `${request.key}: nothing was replaced, because ${why}.`,
    remedy:
      "The object in the bucket is the old one. Grant the right to overwrite, or choose another key.",
    outcome: "not-applied",
  });
}

function replaceError(
  request: ReplaceRequest,
  cause: unknown,
  what: { message: string; remedy: string; outcome: "applied" | "not-applied" },
): StorageError {
  const reason = cause instanceof Error ? ` ${cause.message}` : "";
  const known = isStorageError(cause) ? cause : new StorageError("Unknown", reason, { cause });
  return restateError(known, {
    operation: "upload",
    key: request.key,
    ...what,
    message: what.message + reason,
  });
}
