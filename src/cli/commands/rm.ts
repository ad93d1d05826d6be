import type { DeleteEntry, ObjectStore } from "../../core/object-store.ts";
import { s3Limits } from "../../core/limits.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { confirm, type CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { asFolder, formatUri, remoteLocation } from "../locations.ts";
import { withObjectStore } from "../with-object-store.ts";
import { flagOption, versionOption, type OptionValues } from "../option-values.ts";

interface Totals {
  deleted: number;
  failed: number;
}

export const rmCommand: CommandDefinition = {
  name: "rm",
  define: (command) =>
    command
      .summary("delete objects")
      .description(
        "Deletes one object, or with --recursive everything in a folder: exp-1 means exp-1/ and never " +
          "exp-10/. On a versioned bucket the bytes stay as older versions until the lifecycle removes " +
          "them. A recursive delete needs a yes; without a terminal it needs --yes.",
      )
      .argument("<place>", "s3://BUCKET/KEY or a key; a folder with --recursive")
      .option("-r, --recursive", "everything in the folder")
      .option("--dry-run", "show what would be deleted, delete nothing")
      .option("--version-id <id>", "delete this version for good")
      .option("-y, --yes", "do not ask")
      .addHelpText(
        "after",
        examples(
          ["One object", "sms-storage rm exp-1/out.tsv"],
          ["See what an experiment's end would delete", "sms-storage rm -r --dry-run exp-1/"],
          ["In a script", "sms-storage rm -r --yes s3://my-bucket/test/"],
        ),
      ),
  run: async (context, [place = ""], options) => {
    const settings = await context.settings();
    const uri = remoteLocation(place, settings);
    const recursive = flagOption(options, "recursive");
    if (uri.key === "" && !recursive) {
      throw new UsageError(
        `${formatUri(uri)} names a bucket, not an object.`,
        "Write s3://BUCKET/KEY, or add --recursive for everything in it.",
      );
    }
    return withObjectStore(context, uri.bucket, (store) =>
      recursive
        ? removeTree(context, store, asFolder(uri.key), options)
        : removeOne(context, store, uri.key, options),
    );
  },
};

async function removeOne(
  context: CommandContext,
  store: ObjectStore,
  key: string,
  options: OptionValues,
): Promise<number> {
  const version = versionOption(options);
  let deleteMarker = false;
  if (!flagOption(options, "dryRun")) {
    const { signal } = context.runtime;
    ({ deleteMarker } = await store.deleteObject(key, { ...version, signal }));
  }
  await report(context, store, { key, ...version }, deleteMarker);
  return exitCodes.ok;
}

async function removeTree(
  context: CommandContext,
  store: ObjectStore,
  prefix: string,
  options: OptionValues,
): Promise<number> {
  const dryRun = flagOption(options, "dryRun");
  const yes = flagOption(options, "yes");
  const uri = printable(formatUri({ bucket: store.bucket, key: prefix }));
  const entries = await listAll(context, store, prefix);
  if (entries.length === 0) {
    context.output.note(`There is nothing under ${uri}`);
    return exitCodes.notFound;
  }
  const totals: Totals = { deleted: 0, failed: 0 };
  if (dryRun) {
    for (const entry of entries) await report(context, store, entry, false);
  } else {
    const question = `Delete ${entries.length} objects under ${uri}?`;
    const agreed = await confirm(context, question, { given: yes, name: "--yes" });
    if (!agreed) {
      context.output.note("Nothing was deleted.");
      return exitCodes.confirmationRequired;
    }
    await removeAll(context, store, entries, totals);
  }
  await context.output.result(
    { type: "summary", dryRun, found: entries.length, ...totals },
    undefined,
  );
  if (!dryRun) context.output.note(`${totals.deleted} deleted, ${totals.failed} failed.`);
  return totals.failed > 0 ? exitCodes.partial : exitCodes.ok;
}

async function listAll(
  context: CommandContext,
  store: ObjectStore,
  prefix: string,
): Promise<DeleteEntry[]> {
  const entries: DeleteEntry[] = [];
  const { signal } = context.runtime;
  let continuationToken: string | undefined;
  do {
    const page = await store.listObjects({
      prefix,
      signal,
      ...(continuationToken === undefined ? {} : { continuationToken }),
    });
    for (const { key } of page.objects) entries.push({ key });
    context.output.progress(`${entries.length} objects found`);
    ({ continuationToken } = page);
  } while (continuationToken !== undefined);
  return entries;
}

async function removeAll(
  context: CommandContext,
  store: ObjectStore,
  entries: readonly DeleteEntry[],
  totals: Totals,
): Promise<void> {
  for (let start = 0; start < entries.length; start += s3Limits.deleteObjectsKeys) {
    const batch = entries.slice(start, start + s3Limits.deleteObjectsKeys);
    const { signal } = context.runtime;
    const { deleted, errors } = await store.deleteObjects(batch, { signal });
    totals.deleted += deleted.length;
    totals.failed += errors.length;
    for (const entry of deleted) await report(context, store, entry, entry.deleteMarker);
    for (const { key, code, message } of errors) {
      context.output.warn(`${printable(key)} was not deleted: ${code}: ${message}`);
      if (context.output.json) {
        await context.output.result(
          { type: "failed", bucket: store.bucket, key, code, message },
          "",
        );
      }
    }
    context.output.progress(`${totals.deleted} of ${entries.length} deleted`);
  }
}

async function report(
  context: CommandContext,
  store: ObjectStore,
  entry: DeleteEntry,
  deleteMarker: boolean,
): Promise<void> {
  const uri = formatUri({ bucket: store.bucket, key: entry.key });
  const record = { type: "delete", bucket: store.bucket, ...entry, deleteMarker };
  await context.output.result(record, `delete ${printable(uri)}`);
}
