import { isStorageError, StorageError, type Outcome } from "../../core/errors.ts";
import type { EncryptionOptions, PutResult, WriteConditions } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import type { OperationScope } from "../operation-scope.ts";
import type { ReplaceStrategy } from "../transfer-options.ts";

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
  readonly write: (key: string, conditions: WriteConditions) => Promise<PutResult>;
}

/** Statuses with which a store may refuse to overwrite; Qumulo documents none. */
const refusals: ReadonlySet<number> = new Set([403, 405, 409, 412]);

/** Whether a store may have meant that it does not write over what is there. */
export function isRefusal(error: unknown): error is StorageError {
  return isStorageError(error) && refusals.has(error.status ?? 0);
}

/** The old object is still what the key holds. */
export function nothingReplaced(
  request: ReplaceRequest,
  cause: unknown,
  why: string,
): StorageError {
  return replaceError(request, cause, {
    message: `${request.key}: nothing was replaced, because ${why}.`,
    remedy:
      "The object in the bucket is the old one. Grant the right to overwrite, or choose another key.",
    outcome: "not-applied",
  });
}

/** The cause, told as what it means for the replacement. */
export function replaceError(
  request: ReplaceRequest,
  cause: unknown,
  what: { readonly message: string; readonly remedy: string; readonly outcome: Outcome },
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
