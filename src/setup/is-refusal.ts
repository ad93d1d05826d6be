import { isStorageError } from "../core/errors.ts";

/**
 * Of a question that a plan can do without: a store that answers it in odd ways, or IAM where it throttles,
 * keeps nobody from a set-up. Only the user's own stop comes through.
 */
export function isRefusal(error: unknown): boolean {
  return isStorageError(error) && error.code !== "Aborted";
}
