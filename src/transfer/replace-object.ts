import { isStorageError, StorageError } from "../core/errors.ts";
import { s3Limits } from "../core/limits.ts";
import type {
  EncryptionOptions,
  ObjectHead,
  PutResult,
  WriteConditions,
} from "../core/object-store.ts";
import { restateError } from "../core/restate-error.ts";
import { sameEtag } from "../core/same-etag.ts";
import { copyAnySize } from "./copy/copy-any-size.ts";
import type { OperationScope } from "./operation-scope.ts";
import type { TransferContext } from "./transfer-context.ts";
import type { ReplaceStrategy } from "./transfer-options.ts";

/** An object to write, and how to write it under any key. */
export interface ReplaceRequest {
  /** For errors. */
  readonly operation: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly conditions: WriteConditions;
  /** Default: as the bucket was opened. */
  readonly replace: ReplaceStrategy | undefined;
  readonly encryption: EncryptionOptions;
  readonly scope: OperationScope;
  write(key: string, conditions: WriteConditions): Promise<PutResult>;
}

/** Statuses with which a store may refuse to overwrite; Qumulo documents none. */
const refusals: ReadonlySet<number> = new Set([403, 405, 409, 412]);

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
    if (!isRefusal(context, error)) throw error;
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
        return staged(context, request, existing);
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

function isRefusal(context: TransferContext, error: unknown): error is StorageError {
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
  const { key, sizeBytes, encryption, scope } = request;
  const { store } = context;
  const { signal } = scope;
  const stagingKey = stagingKeyFor(key, context.randomName());
  let written: ObjectHead;
  try {
    await request.write(stagingKey, {});
    written = await store.headObject(stagingKey, { signal });
    if (written.sizeBytes !== sizeBytes) {
      throw new StorageError(
        "IntegrityError",
        `The staged object has ${written.sizeBytes} bytes instead of ${sizeBytes}.`,
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
    const put = await copyAnySize(context, {
      from: stagingKey,
      head: written,
      to: key,
      scope,
      encryption,
    });
    await discard(context, stagingKey);
    return put;
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
    operation: request.operation,
    key: request.key,
    ...what,
    message: what.message + reason,
  });
}
