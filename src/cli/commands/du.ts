import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import type { KeyChoice } from "../../transfer/selection/choose-keys.ts";
import type { UsageGroup } from "../../transfer/usage/usage-groups.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { listedPages } from "../listing/listed-pages.ts";
import { remoteLocation } from "../locations.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import {
  momentOption,
  readSelection,
  selectionHelp,
  selectionOptions,
} from "../selection-options.ts";
import { usageRecord, usageSummary, usageText, type UsageView } from "../usage-text.ts";
import { withObjectStore } from "../with-object-store.ts";
import { keepMemoryFlat } from "../keep-memory-flat.ts";

interface UsageWish extends UsageView {
  readonly choice: KeyChoice;
  readonly depth: number;
  readonly now: Date;
  readonly moment?: Date;
}

export const duCommand: CommandDefinition = {
  name: "du",
  readsOnly: () => true,
  define: (command) =>
    selectionOptions(command)
      .summary("add up sizes")
      .description(
        "Adds up the objects under a prefix, and with --depth those of each folder below it, the folder " +
          "after what is in it. With --versions older versions and delete markers are counted too: they " +
          "are paid for like objects. Sizes are bytes. A prefix under which there is nothing ends with " +
          "exit code 3.",
      )
      .argument(
        "[place]",
        "s3://BUCKET/PREFIX or a prefix; default: the configured bucket; wildcards",
      )
      .option("-d, --depth <count>", "folders down to this depth", "0")
      .option("--by-class", "by storage class")
      .option("--by-age", "by age: below 1, 7, 30, 90, 365 days and older")
      .option("--versions", "older versions and delete markers too")
      .option("--as-of <time>", "as it was: 2026-11-01T06:00:00Z, or 12h, 7d ago")
      .option("--raw", "wildcards in the place are characters of the key")
      .option("--human-readable", "sizes as KiB, MiB, ...")
      .addHelpText(
        "after",
        examples(
          ["The configured bucket", "sms-storage du --human-readable"],
          ["Each experiment", "sms-storage du --depth 1 s3://my-bucket/"],
          ["What older versions cost", "sms-storage du --versions --by-class s3://my-bucket/"],
          ["All tables", "sms-storage du 's3://my-bucket/*.tsv'"],
        ) + selectionHelp,
      ),
  run: async (context, [place], options) => {
    keepMemoryFlat();
    const settings = await context.settings();
    const uri = remoteLocation(place, settings);
    const wish = await readWish(uri.key, options);
    return withObjectStore(context, uri.bucket, (store) => measure(context, store, uri, wish));
  },
};

async function readWish(key: string, options: OptionValues): Promise<UsageWish> {
  const { chooseKeys } = await import("../../transfer/selection/choose-keys.ts");
  const now = new Date();
  const depthText = textOption(options, "depth") ?? "";
  const depth = Number(depthText);
  if (!/^\d{1,4}$/.test(depthText)) {
    throw new UsageError(`--depth takes a whole number of 0 or more, not ${depthText}.`);
  }
  const moment = momentOption(options, now);
  const versions = flagOption(options, "versions");
  if (versions && moment !== undefined) {
    throw new UsageError("--versions counts all times, --as-of one.", "Leave one of them out.");
  }
  return {
    choice: chooseKeys(key, {
      selection: readSelection(options, now),
      raw: flagOption(options, "raw"),
    }),
    depth,
    now,
    versions,
    human: flagOption(options, "humanReadable"),
    byClass: flagOption(options, "byClass"),
    byAge: flagOption(options, "byAge"),
    ...(moment !== undefined && { moment }),
  };
}

async function measure(
  context: CommandContext,
  store: ObjectStore,
  uri: S3Uri,
  wish: UsageWish,
): Promise<number> {
  const { UsageGroups } = await import("../../transfer/usage/usage-groups.ts");
  const { output, runtime } = context;
  const { choice, depth, now } = wish;
  const isOrdered = store.capabilities.orderedListing !== "no";
  const root = choice.isPattern ? choice.root : uri.key;
  const groups = new UsageGroups(root, { depth, isOrdered, now });
  const listing = listedPages(store, { ...wish, recursive: true }, { signal: runtime.signal });
  const forms = {
    json: usageRecord(uri.bucket, wish),
    text: usageText(uri.bucket, wish),
  };
  let count = 0;
  for await (const { rows, versions } of listing) {
    const complete: UsageGroup[] = [];
    for (const entry of rows.objects()) complete.push(...groups.add(entry));
    for (const entry of versions) complete.push(...groups.add(entry));
    await output.results(complete, forms);
    count += rows.length + versions.length;
    output.progress(`${count} counted`);
  }
  if (count > 0 || uri.key === "") {
    const rest = groups.end();
    await output.results(rest, forms);
    const whole = rest.at(-1);
    if (whole !== undefined) await output.result(usageSummary(whole, wish), undefined);
    return exitCodes.ok;
  }
  output.note(`There is nothing under ${printable(formatS3Uri(uri))}`);
  return exitCodes.notFound;
}
