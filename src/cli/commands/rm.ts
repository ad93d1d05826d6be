import { StorageError } from "../../core/errors.ts";
import { s3Limits } from "../../core/limits.ts";
import { asFolder, formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { confirm, type CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { remoteLocation } from "../locations.ts";
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
        "Deletes one object, and says so when there is none (exit code 3); with --recursive everything " +
          "in a folder: exp-1 means exp-1/ and never exp-10/. Keys are exact, patterns are not expanded. " +
          "On a versioned bucket the bytes stay as older versions until the lifecycle removes them. A " +
          "recursive delete needs a yes; without a terminal it needs --yes.",
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
        `${formatS3Uri(uri)} names a bucket, not an object.`,
        "Write s3://BUCKET/KEY, or add --recursive for everything in it.",
      );
    }
    if (recursive && options["versionId"] !== undefined) {
      throw new UsageError(
        "--version-id names one version of one object.",
        "Leave out --recursive.",
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
  const { removeObject } = await import("./remove-object.ts");
  const version = versionOption(options);
  const dryRun = flagOption(options, "dryRun");
  const uri = { bucket: store.bucket, key };
  const wasSeen = await removeObject(context, store, { key, ...version, dryRun });
  await report(context, { ...uri, ...version, ...(!wasSeen && { wasThere: "unknown" }) }, dryRun);
  if (!wasSeen) {
    context.output.warn(
      `Whether ${formatS3Uri(uri)} was there is not known: these credentials may neither read nor list it.`,
    );
  }
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
  const { bucket } = store;
  const place = printable(formatS3Uri({ bucket, key: prefix }));
  const keys = await listAll(context, store, prefix);
  if (keys.length === 0) throw await nothingUnder(context, store, prefix);
  const totals: Totals = { deleted: 0, failed: 0 };
  if (dryRun) {
    for (const key of keys) await report(context, { bucket, key }, true);
  } else {
    const what = keys.length === 1 ? "1 object" : `${keys.length} objects`;
    const question = `Delete ${what} under ${place}?`;
    const agreed = await confirm(context, question, { given: yes, name: "--yes" });
    if (!agreed) {
      context.output.note("Nothing was deleted.");
      return exitCodes.confirmationRequired;
    }
    await removeAll(context, store, keys, totals);
  }
  await context.output.result(
    { type: "summary", dryRun, found: keys.length, ...totals },
    undefined,
  );
  if (!dryRun) context.output.note(`${totals.deleted} deleted, ${totals.failed} failed.`);
  return totals.failed > 0 ? exitCodes.partial : exitCodes.ok;
}

/** `rm -r` of an object is a mistake in the other direction. */
async function nothingUnder(
  context: CommandContext,
  store: ObjectStore,
  prefix: string,
): Promise<StorageError> {
  const { objectExists } = await import("../../transfer/objects/object-exists.ts");
  const { bucket } = store;
  const key = prefix.replace(/\/$/, "");
  const { signal } = context.runtime;
  const isObject = key !== "" && (await objectExists(store, key, { signal }).catch(() => false));
  return new StorageError(
    "NotFound",
    `There is nothing under ${formatS3Uri({ bucket, key: prefix })}`,
    {
      bucket,
      key: prefix,
      ...(isObject && {
        remedy: `${formatS3Uri({ bucket, key })} is an object: leave --recursive out to delete it.`,
      }),
    },
  );
}

async function listAll(
  context: CommandContext,
  store: ObjectStore,
  prefix: string,
): Promise<string[]> {
  const { listPages } = await import("../../transfer/objects/list-pages.ts");
  const keys: string[] = [];
  const { signal } = context.runtime;
  for await (const { objects } of listPages(store, prefix, { signal })) {
    for (const { key } of objects) keys.push(key);
    context.output.progress(`${keys.length} objects found`);
  }
  return keys;
}

async function removeAll(
  context: CommandContext,
  store: ObjectStore,
  keys: readonly string[],
  totals: Totals,
): Promise<void> {
  const { bucket } = store;
  const { signal } = context.runtime;
  const { deleteKeys } = await import("../../transfer/objects/delete-keys.ts");
  for (let start = 0; start < keys.length; start += s3Limits.deleteObjectsKeys) {
    const batch = keys.slice(start, start + s3Limits.deleteObjectsKeys);
    const failures = await deleteKeys(store, batch, { signal });
    totals.deleted += batch.length - failures.size;
    totals.failed += failures.size;
    for (const key of batch) {
      if (!failures.has(key)) await report(context, { bucket, key }, false);
    }
    for (const key of batch) {
      const failure = failures.get(key);
      if (failure === undefined) continue;
      const { code, message } = failure;
      context.output.warn(`${formatS3Uri({ bucket, key })} was not deleted: ${code}: ${message}`);
      await context.output.result({ type: "failed", bucket, key, code, message }, undefined);
    }
    context.output.progress(`${totals.deleted} of ${keys.length} deleted`);
  }
}

async function report(
  context: CommandContext,
  object: S3Uri & { readonly versionId?: string; readonly wasThere?: string },
  dryRun: boolean,
): Promise<void> {
  const text = `${dryRun ? "(dry run) " : ""}delete ${printable(formatS3Uri(object))}`;
  await context.output.result({ type: "delete", ...object }, text);
}
