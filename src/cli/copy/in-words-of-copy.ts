import { isStorageError } from "../../core/errors.ts";
import { restateError } from "../../core/restate-error.ts";
import { refusalOf } from "../../transfer/jobs/refused-copy.ts";
import { UsageError } from "../exit-codes.ts";

/** The same error, its advice in the options of `cp`: the library's names its own. */
export function inWordsOfCopy(error: unknown): unknown {
  if (isStorageError(error, "AlreadyExists")) {
    return restateError(error, { remedy: "Choose another name, or leave --no-overwrite out." });
  }
  const refusal = refusalOf(error);
  if (refusal === undefined || !isStorageError(error)) return error;
  const recursive = "Add --recursive to copy all that is below it.";
  return new UsageError(error.message, refusal === "is-folder" ? recursive : error.remedy);
}
