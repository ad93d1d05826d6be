import { isStorageError, type StorageErrorCode } from "../../core/errors.ts";

/** Failures that say nothing against the bytes that went over the wire before them. */
const passing: readonly StorageErrorCode[] = [
  "Aborted",
  "Closed",
  "PermissionDenied",
  "Unauthenticated",
  "Unavailable",
  "Timeout",
  "Throttled",
];

/** Whether a later run may take a transfer up where this failure ended it. */
export function mayGoOn(error: unknown): boolean {
  return isStorageError(error, ...passing);
}
