import { s3Limits } from "../../core/limits.ts";
import type { S3Uri } from "../../core/object-key.ts";
import type { FileService } from "../../files/file-service.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { confirm, type CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { asFolder, formatUri, remoteLocation } from "../locations.ts";
import { withFileService } from "../with-file-service.ts";
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
    if (recursive && options["versionId"] !== undefined) {
      throw new UsageError(
        "--version-id names one version of one object.",
        "Leave out --recursive.",
      );
    }
    return withFileService(context, uri.bucket, (service) =>
      recursive
        ? removeTree(context, service, asFolder(uri.key), options)
        : removeOne(context, service, uri.key, options),
    );
  },
};

async function removeOne(
  context: CommandContext,
  service: FileService,
  key: string,
  options: OptionValues,
): Promise<number> {
  const version = versionOption(options);
  const uri = { bucket: service.bucket, key };
  if (!flagOption(options, "dryRun")) {
    const { signal } = context.runtime;
    await service.deleteFile(formatUri(uri), { ...version, signal });
  }
  await report(context, { ...uri, ...version }, flagOption(options, "dryRun"));
  return exitCodes.ok;
}

async function removeTree(
  context: CommandContext,
  service: FileService,
  prefix: string,
  options: OptionValues,
): Promise<number> {
  const dryRun = flagOption(options, "dryRun");
  const yes = flagOption(options, "yes");
  const { bucket } = service;
  const place = printable(formatUri({ bucket, key: prefix }));
  const keys = await listAll(context, service, prefix);
  if (keys.length === 0) {
    context.output.note(`There is nothing under ${place}`);
    return exitCodes.notFound;
  }
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
    await removeAll(context, service, keys, totals);
  }
  await context.output.result(
    { type: "summary", dryRun, found: keys.length, ...totals },
    undefined,
  );
  if (!dryRun) context.output.note(`${totals.deleted} deleted, ${totals.failed} failed.`);
  return totals.failed > 0 ? exitCodes.partial : exitCodes.ok;
}

async function listAll(
  context: CommandContext,
  service: FileService,
  prefix: string,
): Promise<string[]> {
  const keys: string[] = [];
  const { signal } = context.runtime;
  const uri = formatUri({ bucket: service.bucket, key: prefix });
  for await (const { Key } of service.list(uri, {
    prefixMode: "raw",
    directories: "include",
    signal,
  })) {
    keys.push(Key);
    if (keys.length % s3Limits.listPageKeys === 0) {
      context.output.progress(`${keys.length} objects found`);
    }
  }
  return keys;
}

async function removeAll(
  context: CommandContext,
  service: FileService,
  keys: readonly string[],
  totals: Totals,
): Promise<void> {
  const { bucket } = service;
  const { signal } = context.runtime;
  for (let start = 0; start < keys.length; start += s3Limits.deleteObjectsKeys) {
    const uris = keys
      .slice(start, start + s3Limits.deleteObjectsKeys)
      .map((key) => formatUri({ bucket, key }));
    const { deleted, errors } = await service.deleteMany(uris, { signal });
    totals.deleted += deleted.length;
    totals.failed += errors.length;
    for (const key of deleted) await report(context, { bucket, key }, false);
    for (const { Key: key, code, message } of errors) {
      context.output.warn(`${formatUri({ bucket, key })} was not deleted: ${code}: ${message}`);
      await context.output.result({ type: "failed", bucket, key, code, message }, undefined);
    }
    context.output.progress(`${totals.deleted} of ${keys.length} deleted`);
  }
}

async function report(
  context: CommandContext,
  object: S3Uri & { readonly versionId?: string },
  dryRun: boolean,
): Promise<void> {
  const text = `${dryRun ? "(dry run) " : ""}delete ${printable(formatUri(object))}`;
  await context.output.result({ type: "delete", ...object }, text);
}
