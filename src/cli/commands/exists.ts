import { isStorageError, type StorageError } from "../../core/errors.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import { restateError } from "../../core/restate-error.ts";
import { objectExists } from "../../transfer/objects/object-exists.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { objectLocation } from "../locations.ts";
import { withObjectStore } from "../with-object-store.ts";

export const existsCommand: CommandDefinition = {
  name: "exists",
  define: (command) =>
    command
      .summary("say whether an object exists")
      .description(
        "Ends with 0 when the object exists and with 3 when it is proven missing. Anything else - " +
          "denied, expired credentials, no network, no bucket - is an error with its own exit code, never a no.",
      )
      .argument("<object>", "s3://BUCKET/KEY, or a key of the configured bucket")
      .addHelpText(
        "after",
        examples(["Act on the answer", "sms-storage exists --quiet exp-1/done.json && echo ready"]),
      ),
  run: async (context, [object = ""]) => {
    const settings = await context.settings();
    const uri = objectLocation(object, settings);
    const { output } = context;
    const { signal } = context.runtime;
    const exists = await withObjectStore(context, uri.bucket, (store) =>
      objectExists(store, uri.key, { signal }),
    ).catch((error: unknown) => {
      throw isStorageError(error, "NotFound") ? missingBucket(error) : error;
    });
    if (output.json) await output.result({ ...uri, exists }, undefined);
    else output.note(`${printable(formatS3Uri(uri))} ${exists ? "exists" : "does not exist"}`);
    return exists ? exitCodes.ok : exitCodes.notFound;
  },
};

/** A missing bucket is an error and not the answer "no": the bucket's name must be wrong. */
function missingBucket(error: StorageError): StorageError {
  return restateError(error, { code: "ConfigurationError" });
}
