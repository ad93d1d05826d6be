import { isStorageError, type StorageError } from "../../core/errors.ts";
import { asFolder, formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { restateError } from "../../core/restate-error.ts";
import { isMissingObject, objectExists } from "../../transfer/objects/object-exists.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { hasObjects } from "../missing-object.ts";
import { objectLocation } from "../locations.ts";
import { readNaming, type NamingWish } from "../named-objects.ts";
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
      .option("--version-id <id>", "a version of the object")
      .option("--as-of <time>", "whether it was there: 2026-11-01T06:00:00Z, or 12h, 7d ago")
      .addHelpText(
        "after",
        examples(["Act on the answer", "sms-storage exists --quiet exp-1/done.json && echo ready"]),
      ),
  run: async (context, [object = ""], options) => {
    const settings = await context.settings();
    const uri = objectLocation(object, settings);
    const { output, runtime } = context;
    const naming = readNaming(options, runtime.signal);
    const answer = await withObjectStore(context, uri.bucket, (store) =>
      ask(context, store, uri, naming),
    ).catch((error: unknown) => {
      throw isStorageError(error, "NotFound") ? missingBucket(error) : error;
    });
    const exists = answer === "exists" || answer === "existed";
    const { versionId } = naming;
    const record = {
      type: "exists",
      ...uri,
      ...(versionId !== undefined && { versionId }),
      exists,
    };
    if (output.json) await output.result(record, undefined);
    else output.note(`${printable(formatS3Uri(uri))} ${answer}`);
    return exists ? exitCodes.ok : exitCodes.notFound;
  },
};

async function ask(
  { output }: CommandContext,
  store: ObjectStore,
  { key }: S3Uri,
  { moment, versionId, signal }: NamingWish,
): Promise<string> {
  if (moment !== undefined) return askOf(store, key, moment, signal);
  const version = versionId !== undefined && { versionId };
  if (await objectExists(store, key, { signal, ...version })) return "exists";
  if (versionId !== undefined) return `has no version ${versionId}`;
  // Who reads the answer may have meant a folder; a program asks for the object alone.
  const isAsked = output.talks && (await hasObjects(store, asFolder(key), signal));
  return isAsked ? "does not exist; it is a folder, with objects below it" : "does not exist";
}

async function askOf(
  store: ObjectStore,
  key: string,
  moment: Date,
  signal: AbortSignal,
): Promise<string> {
  const { versionAsOf } = await import("../../transfer/versions/as-of.ts");
  try {
    await versionAsOf(store, key, moment, { signal });
    return "existed";
  } catch (error) {
    if (isMissingObject(error)) return "did not exist then, as far as versions are kept";
    throw error;
  }
}

/** A missing bucket is an error and not the answer "no": the bucket's name must be wrong. */
function missingBucket(error: StorageError): StorageError {
  return restateError(error, { code: "ConfigurationError" });
}
