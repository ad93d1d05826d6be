import { isStorageError } from "./errors.ts";
import { isReadOnlyRefusal } from "./read-only-access.ts";

/** Whether an error is of the whole call, not of one of its keys: going on would be in vain. */
export function endsAll(error: unknown): boolean {
  return isStorageError(error, "Aborted", "Closed") || isReadOnlyRefusal(error);
}
