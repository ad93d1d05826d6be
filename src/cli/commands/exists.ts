import { isStorageError, type StorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { formatUri, objectLocation } from "../locations.ts";
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
    const exists = await withObjectStore(context, uri.bucket, (store) =>
      isThere(context, store, uri.key),
    );
    if (output.json) await output.result({ ...uri, exists }, undefined);
    else output.note(`${printable(formatUri(uri))} ${exists ? "exists" : "does not exist"}`);
    return exists ? exitCodes.ok : exitCodes.notFound;
  },
};

/** Not a no: whoever asks for an object of a bucket that is not there has a wrong setting. */
function missingBucket(error: StorageError): StorageError {
  return restateError(error, { code: "ConfigurationError" });
}

async function isThere(context: CommandContext, store: ObjectStore, key: string): Promise<boolean> {
  const { signal } = context.runtime;
  try {
    await store.headObject(key, { signal });
    return true;
  } catch (error) {
    if (!isStorageError(error, "NotFound")) throw error;
    // A HEAD has no body to tell a missing key from a missing bucket; a listing has.
    await store.listObjects({ prefix: key, maxKeys: 1, signal }).catch((reason: unknown) => {
      throw isStorageError(reason, "NotFound") ? missingBucket(reason) : reason;
    });
    return false;
  }
}
