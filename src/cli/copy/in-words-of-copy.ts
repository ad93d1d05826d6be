import { isStorageError } from "../../core/errors.ts";
import { restateError } from "../../core/restate-error.ts";
import { refusalOf } from "../../transfer/jobs/refused-copy.ts";
import { UsageError } from "../exit-codes.ts";

/** The same error, with advice that names the options of `cp` in place of the library's. */
export function inWordsOfCopy(error: unknown): unknown {
  if (isStorageError(error, "AlreadyExists")) {
    return restateError(error, { remedy: "Choose another name, or leave --no-overwrite out." });
  }
  const refusal = refusalOf(error);
  if (refusal === undefined || !isStorageError(error)) return error;
  const recursive = "Add --recursive to take all that is below it.";
  return new UsageError(error.message, refusal === "is-folder" ? recursive : error.remedy);
}
