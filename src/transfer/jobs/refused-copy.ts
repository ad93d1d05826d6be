import { isStorageError, StorageError } from "../../core/errors.ts";

const refusals = [
  "is-folder",
  "is-no-folder",
  "needs-name",
  "needs-folder",
  "same-target",
  "no-local-name",
  "inside-itself",
  "onto-itself",
] as const;

/** Why a copy cannot begin as it was asked for. */
export type CopyRefusal = (typeof refusals)[number];

/** InvalidArgument that tells its reason to programs as well. */
export function refusedCopy(why: CopyRefusal, message: string, remedy: string): StorageError {
  return new StorageError("InvalidArgument", message, { remedy, details: { Refusal: why } });
}

/** The reason, when the error is of `refusedCopy`. */
export function refusalOf(error: unknown): CopyRefusal | undefined {
  if (!isStorageError(error, "InvalidArgument")) return undefined;
  return refusals.find((refusal) => refusal === error.details["Refusal"]);
}

export function isAFolder(place: string): StorageError {
  return refusedCopy("is-folder", `${place} is a folder.`, "Copy all that is below it.");
}
