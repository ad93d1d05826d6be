import { StorageError, type StorageErrorCode, type StorageErrorDetails } from "./errors.ts";

export interface ErrorChanges extends StorageErrorDetails {
  readonly code?: StorageErrorCode;
  readonly message?: string;
}

/** The same error with some facts replaced; the first one becomes its cause unless it has one. */
export function restateError(error: StorageError, changes: ErrorChanges): StorageError {
  const { operation, bucket, key, status, s3Code, requestId, remedy } = error;
  const { code, message, ...details } = changes;
  return new StorageError(code ?? error.code, message ?? error.message, {
    ...(operation !== undefined && { operation }),
    ...(bucket !== undefined && { bucket }),
    ...(key !== undefined && { key }),
    ...(status !== undefined && { status }),
    ...(s3Code !== undefined && { s3Code }),
    ...(requestId !== undefined && { requestId }),
    ...(remedy !== undefined && { remedy }),
    retryable: error.retryable,
    outcome: error.outcome,
    details: error.details,
    cause: error.cause ?? error,
    ...details,
  });
}
