import { isStorageError, StorageError } from "./errors.ts";

/** Why a call ended before its work did. */
export interface Stop {
  readonly operation: string;
  readonly code: "Aborted" | "Timeout";
  readonly message: string;
}

/**
 * The error of a call that was stopped, out of the one that was noticed: what fails after a stop fails
 * because of it. Place and outcome stay; so do words and advice about what was left behind, while
 * those of a mere consequence go.
 */
export function stoppedCall(noticed: unknown, { operation, code, message }: Stop): StorageError {
  const facts = { operation, retryable: code === "Timeout", cause: noticed };
  if (!isStorageError(noticed)) return new StorageError(code, message, facts);
  const { bucket, key, outcome, details, remedy } = noticed;
  const isResumable = details["Resumable"] !== undefined;
  const isNews = outcome === "applied" || isResumable || details["UploadId"] !== undefined;
  return new StorageError(code, isNews ? `${message} ${noticed.message}` : message, {
    ...facts,
    ...(bucket !== undefined && { bucket }),
    ...(key !== undefined && { key }),
    ...(isNews && remedy !== undefined && { remedy }),
    outcome,
    details,
  });
}

/** Of a call whose signal was aborted. */
export function abortedCall(operation: string, noticed: unknown): StorageError {
  const message = `${operation} was stopped because its signal was aborted.`;
  return stoppedCall(noticed, { operation, code: "Aborted", message });
}
