import { isStorageError, type StorageError } from "../../core/errors.ts";
import { asFolder, formatS3Uri } from "../../core/object-key.ts";
import { restateError } from "../../core/restate-error.ts";
import { objectExists } from "../../transfer/objects/object-exists.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { hasObjects } from "../missing-object.ts";
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
    const answer = await withObjectStore(context, uri.bucket, async (store) => {
      if (await objectExists(store, uri.key, { signal })) return "exists";
      // Who reads the answer may have meant a folder; a program asks for the object alone.
      const isAsked = output.talks && (await hasObjects(store, asFolder(uri.key), signal));
      return isAsked ? "does not exist; it is a folder, with objects below it" : "does not exist";
    }).catch((error: unknown) => {
      throw isStorageError(error, "NotFound") ? missingBucket(error) : error;
    });
    const exists = answer === "exists";
    if (output.json) await output.result({ type: "exists", ...uri, exists }, undefined);
    else output.note(`${printable(formatS3Uri(uri))} ${answer}`);
    return exists ? exitCodes.ok : exitCodes.notFound;
  },
};

/** A missing bucket is an error and not the answer "no": the bucket's name must be wrong. */
function missingBucket(error: StorageError): StorageError {
  return restateError(error, { code: "ConfigurationError" });
}
