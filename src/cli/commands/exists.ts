import { isStorageError } from "../../core/errors.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatUri, objectLocation } from "../locations.ts";

export const existsCommand: CommandDefinition = {
  name: "exists",
  define: (command) =>
    command
      .summary("say whether an object exists")
      .description(
        "Ends with 0 when the object exists and with 3 when it is proven missing. Anything else - " +
          "denied, expired credentials, no network - is an error with its own exit code, never a no.",
      )
      .argument("<object>", "s3://BUCKET/KEY, or a key of the configured bucket")
      .addHelpText(
        "after",
        examples([
          "Act on the answer",
          "sms-storage exists --quiet exp-1/done.json && echo ready",
        ]),
      ),
  run: async (context, [object = ""]) => {
    const settings = await context.settings();
    const uri = objectLocation(object, settings);
    const { openObjectStore } = await import("../../open/open-object-store.ts");
    const store = await openObjectStore(settings, { bucket: uri.bucket });
    const { output } = context;
    try {
      await store.headObject(uri.key, { signal: context.runtime.signal });
      if (output.json) await output.result({ ...uri, exists: true }, undefined);
      else output.note(`${formatUri(uri)} exists`);
      return exitCodes.ok;
    } catch (error) {
      if (!isStorageError(error, "NotFound")) throw error;
      // A HEAD has no body to tell a missing key from a missing bucket; this throws for the latter.
      await store.listObjects({ prefix: uri.key, maxKeys: 1, signal: context.runtime.signal });
      if (output.json) await output.result({ ...uri, exists: false }, undefined);
      else output.note(`${formatUri(uri)} does not exist`);
      return exitCodes.notFound;
    } finally {
      await store.close();
    }
  },
};
