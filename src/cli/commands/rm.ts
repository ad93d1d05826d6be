import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import type { RemovalSearch } from "../../transfer/jobs/find-removals.ts";
import { hasWildcards } from "../../transfer/selection/glob.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { readListed } from "../copy/read-copy.ts";
import { exitCodeFor, exitCodes, UsageError } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { remoteLocation } from "../locations.ts";
import { flagOption, versionOption, type OptionValues } from "../option-values.ts";
import { paceOptions, readPace } from "../pace-options.ts";
import { readSelection, selectionHelp, selectionOptions } from "../selection-options.ts";
import { withBuckets } from "../with-buckets.ts";
import { keepMemoryFlat } from "../keep-memory-flat.ts";

export const rmCommand: CommandDefinition = {
  name: "rm",
  define: (command) =>
    selectionOptions(
      paceOptions(command)
        .usage("[options] <place...>")
        .argument("<place...>", "s3://BUCKET/KEY or a key, with wildcards too; a folder with -r")
        .option("-r, --recursive", "everything in the folder")
        .option("--raw", "wildcards in keys are characters like others")
        .option("--from-list <file>", "only the keys of a list; - is stdin")
        .option("-0, --null", "each entry of the list ends with NUL, not with a line end")
        .option("--inventory", "the list is CSV of S3 Inventory, gzip too"),
    )
      .summary("delete objects")
      .description(
        "Deletes objects, and says so when one is not there (exit code 3); with --recursive everything " +
          "in a folder: exp-1 means exp-1/ and never exp-10/. On a versioned bucket the bytes stay as " +
          "older versions until the lifecycle removes them; --versions deletes those too, for good. " +
          "What is not named key by key needs a yes; without a terminal it needs --yes.",
      )
      .option("--versions", "all versions and delete markers, for good")
      .option("--dry-run", "show what would be deleted, delete nothing")
      .option("--version-id <id>", "delete this version for good")
      .option("-y, --yes", "do not ask")
      .addHelpText(
        "after",
        examples(
          ["One object", "sms-storage rm exp-1/out.tsv"],
          ["See what an experiment's end would delete", "sms-storage rm -r --dry-run exp-1/"],
          ["All logs of some runs", "sms-storage rm 's3://my-bucket/exp-*/*.log'"],
          ["What is older than a month", "sms-storage rm -r --older-than 30d s3://my-bucket/tmp/"],
          ["Keys from a list", "sms-storage rm --from-list keys.txt s3://my-bucket/"],
          ["In a script", "sms-storage rm -r --yes s3://my-bucket/test/"],
        ) + selectionHelp,
      ),
  run: async (context, args, options) => {
    const settings = await context.settings();
    const places = args.map((place) => remoteLocation(place, settings));
    const wishes = await readRemoval(context, options, places);
    keepMemoryFlat();
    const work = (buckets: Buckets): Promise<number> =>
      isPlain(wishes, places)
        ? removeNamed(context, buckets, places, options)
        : removeSearched(context, { ...wishes, buckets }, options);
    return withBuckets(context, work, readPace(options));
  },
};

async function readRemoval(
  context: CommandContext,
  options: OptionValues,
  places: readonly S3Uri[],
): Promise<Omit<RemovalSearch, "buckets">> {
  const wishes = {
    sources: places.map((uri) => ({ kind: "remote", uri }) as const),
    recursive: flagOption(options, "recursive"),
    patterns: !flagOption(options, "raw"),
    selection: readSelection(options, new Date()),
    versions: flagOption(options, "versions"),
    links: "files",
    signal: context.runtime.signal,
  } as const;
  const search = { ...wishes, ...(await readListed(context, options, wishes)) };
  if (search.list !== undefined && search.versions) {
    throw new UsageError("--from-list names present keys.", "Leave --versions out.");
  }
  if (options["versionId"] !== undefined && (places.length > 1 || !isPlain(search, places))) {
    throw new UsageError(
      "--version-id names one version of one object.",
      "Name its key alone, without --recursive, wildcards and selection.",
    );
  }
  const bucket = places.find(({ key }) => key === "");
  if (bucket === undefined || search.recursive || search.list !== undefined) return search;
  throw new UsageError(
    `${formatS3Uri(bucket)} names a bucket, not an object.`,
    "Write s3://BUCKET/KEY, or add --recursive for everything in it.",
  );
}

/** Whether each object is named by its key, so that naming it is consent. */
function isPlain(
  {
    recursive,
    patterns,
    selection,
    versions,
    list,
  }: Pick<RemovalSearch, "recursive" | "patterns" | "selection" | "versions" | "list">,
  places: readonly S3Uri[],
): boolean {
  if (recursive || versions || list !== undefined || !selection.isAll) return false;
  return !patterns || !places.some(({ key }) => hasWildcards(key));
}

/** Objects by their keys; what fails is told and the rest goes on. */
async function removeNamed(
  context: CommandContext,
  buckets: Buckets,
  places: readonly S3Uri[],
  options: OptionValues,
): Promise<number> {
  const [only, another] = places;
  if (only !== undefined && another === undefined) {
    await removeOne(context, buckets, only, options);
    return exitCodes.ok;
  }
  const failures: unknown[] = [];
  for (const place of places) {
    await removeOne(context, buckets, place, options).catch((error: unknown) => {
      if (context.runtime.signal.aborted) throw error;
      context.output.error(error);
      failures.push(error);
    });
  }
  const { output } = context;
  const dryRun = flagOption(options, "dryRun");
  const found = places.length;
  const taken = found - failures.length;
  const deleted = dryRun ? 0 : taken;
  const summary = { type: "summary", dryRun, found, deleted, failed: failures.length };
  await output.result(summary, undefined);
  output.note(`${taken} ${dryRun ? "would be " : ""}deleted, ${failures.length} failed.`);
  if (failures.length === 0) return exitCodes.ok;
  return failures.length === found ? exitCodeFor(failures[0]) : exitCodes.partial;
}

async function removeOne(
  context: CommandContext,
  buckets: Buckets,
  { bucket, key }: S3Uri,
  options: OptionValues,
): Promise<void> {
  const { removeObject } = await import("./remove-object.ts");
  const { store } = buckets.of(bucket);
  const version = versionOption(options);
  const dryRun = flagOption(options, "dryRun");
  const wasSeen = await removeObject(context, store, { key, ...version, dryRun });
  const place = printable(formatS3Uri({ bucket, key }));
  const record = { type: "delete", bucket, key, ...version };
  const text = `${dryRun ? "(dry run) " : ""}delete ${place}`;
  await context.output.result({ ...record, ...(!wasSeen && { wasThere: "unknown" }) }, text);
  if (wasSeen) return;
  context.output.warn(
    `Whether ${formatS3Uri({ bucket, key })} was there is not known: these credentials may neither read nor list it.`,
  );
}

async function removeSearched(
  context: CommandContext,
  search: RemovalSearch,
  options: OptionValues,
): Promise<number> {
  const { removeFound } = await import("../remove/remove-found.ts");
  const dryRun = flagOption(options, "dryRun");
  return removeFound(context, search, { dryRun, yes: flagOption(options, "yes") });
}
