import { s3Limits } from "../../core/limits.ts";
import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { configuredBucket, type CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { countOf, formatBytes, printable } from "../format.ts";
import { LineBuffer } from "../listing/line-buffer.ts";
import type { ListedPage, ListingWish } from "../listing/listed-pages.ts";
import {
  objectRecord,
  prefixLine,
  versionLine,
  versionRecord,
  writeObjects,
  type LineView,
  type ListedPlace,
} from "../listing/listing-lines.ts";
import { remoteLocation } from "../locations.ts";
import { flagOption, limitOption, type OptionValues } from "../option-values.ts";
import {
  momentOption,
  readSelection,
  selectionHelp,
  selectionOptions,
} from "../selection-options.ts";
import { withObjectStore } from "../with-object-store.ts";
import { keepMemoryFlat } from "../keep-memory-flat.ts";

interface Totals {
  objects: number;
  prefixes: number;
  bytes: number;
  deleteMarkers: number;
  truncated: boolean;
}

interface View extends LineView, ListingWish {
  readonly limit: number;
}

export const lsCommand: CommandDefinition = {
  name: "ls",
  readsOnly: () => true,
  define: (command) =>
    selectionOptions(command)
      .summary("list objects, versions or buckets")
      .description(
        "Lists what is under a prefix, in key order, page after page: nothing is cut off silently. " +
          "Times are UTC, sizes bytes. A prefix under which there is nothing ends with exit code 3. " +
          "With wildcards in the key, lists every key that fits. Without a place and without a " +
          "configured bucket, and for s3:// alone, lists the buckets.",
      )
      .argument("[place]", "s3://BUCKET/PREFIX or a prefix; default: the configured bucket")
      .option("-r, --recursive", "all keys, not folder by folder")
      .option("--versions", "older versions and delete markers too")
      .option("--as-of <time>", "as it was: 2026-11-01T06:00:00Z, or 12h, 7d ago")
      .option("--raw", "wildcards in the place are characters of the key")
      .option("--storage-class", "show the storage class")
      .option("--human-readable", "sizes as KiB, MiB, ...")
      .option("--summarize", "end with the count and the sum of sizes")
      .option("--limit <count>", "stop after so many entries, and say so")
      .addHelpText(
        "after",
        examples(
          ["The top of the configured bucket", "sms-storage ls"],
          ["All buckets", "sms-storage ls s3://"],
          ["Everything of one experiment, with its total", "sms-storage ls -r --summarize exp-1/"],
          ["All tables of some runs", "sms-storage ls 's3://my-bucket/exp-1/seed=*/*.tsv'"],
          ["What was there last week", "sms-storage ls -r --as-of 7d s3://my-bucket/exp-1/"],
          ["Keys for a script", "sms-storage ls -r --json s3://my-bucket/exp-1/ | jq -r .key"],
        ) + selectionHelp,
      ),
  run: async (context, [place], options) => {
    const limit = limitOption(options, "limit") ?? Number.POSITIVE_INFINITY;
    const settings = await context.settings();
    if (place === "s3://" || (place === undefined && configuredBucket(settings) === undefined)) {
      return listBuckets(context, options, limit);
    }
    const uri = remoteLocation(place, settings);
    const view = await readView(options, uri.key, limit);
    if (view.recursive) keepMemoryFlat();
    const totals = await withObjectStore(context, uri.bucket, (store) =>
      printPages(context, store, uri.key, view),
    );
    const { output } = context;
    await tellEnd(context, options, view, totals);
    if (totals.objects + totals.prefixes + totals.deleteMarkers > 0) return exitCodes.ok;
    output.note(`There is nothing ${view.choice.isAll ? "under" : "that fits"} ${uriText(uri)}`);
    return uri.key === "" && view.choice.isAll ? exitCodes.ok : exitCodes.notFound;
  },
};

async function listBuckets(
  context: CommandContext,
  options: OptionValues,
  limit: number,
): Promise<number> {
  const unfit = ["recursive", "versions", "asOf"].find((name) => options[name] !== undefined);
  if (unfit !== undefined) {
    throw new UsageError(
      "Buckets are listed as such, without what is in them.",
      "Name one: s3://BUCKET/, --bucket, or STORAGE_S3_BUCKET in .env.",
    );
  }
  const { printBuckets } = await import("../listing/print-buckets.ts");
  if (await printBuckets(context, limit)) sayCut(context, limit);
  return exitCodes.ok;
}

async function readView(options: OptionValues, key: string, limit: number): Promise<View> {
  const { chooseKeys } = await import("../../transfer/selection/choose-keys.ts");
  const now = new Date();
  const selection = readSelection(options, now);
  const choice = chooseKeys(key, { selection, raw: flagOption(options, "raw") });
  const recursive = flagOption(options, "recursive") || choice.isPattern;
  const moment = momentOption(options, now);
  const versions = flagOption(options, "versions");
  if (versions && moment !== undefined) {
    throw new UsageError("--versions shows all times, --as-of one.", "Leave one of them out.");
  }
  return {
    choice,
    recursive,
    wholeKeys: recursive,
    versions,
    human: flagOption(options, "humanReadable"),
    storageClass: flagOption(options, "storageClass"),
    limit,
    ...(moment !== undefined && { moment }),
  };
}

async function printPages(
  context: CommandContext,
  store: ObjectStore,
  prefix: string,
  view: View,
): Promise<Totals> {
  const { listedPages } = await import("../listing/listed-pages.ts");
  const show = { place: { bucket: store.bucket, prefix }, view, lines: new LineBuffer() };
  const totals: Totals = { objects: 0, prefixes: 0, bytes: 0, deleteMarkers: 0, truncated: false };
  const left = (): number => view.limit - totals.objects - totals.prefixes - totals.deleteMarkers;
  let keepsVersions = false;
  const pages = listedPages(store, view, {
    signal: context.runtime.signal,
    ...(Number.isFinite(view.limit) && {
      pageKeys: () => Math.min(s3Limits.listPageKeys, left()),
    }),
  });
  for await (const page of pages) {
    const shown = cut(page, left());
    await printPage(context, shown, show);
    addTo(totals, shown);
    shown.rows.release();
    keepsVersions ||= page.keepsVersions === true;
    totals.truncated = left() <= 0 && (page.hasMore || entriesOf(shown) < entriesOf(page));
    if (left() <= 0) break;
  }
  if (view.moment !== undefined && totals.objects > 0 && !keepsVersions) {
    context.output.warn(
      `s3://${store.bucket} keeps no versions there: what was replaced or deleted since is not known.`,
    );
  }
  return totals;
}

function entriesOf(page: ListedPage): number {
  return page.commonPrefixes.length + page.rows.length + page.versions.length;
}

/** As much of a page as is still wanted. */
function cut(page: ListedPage, left: number): ListedPage {
  if (entriesOf(page) <= left) return page;
  const commonPrefixes = page.commonPrefixes.slice(0, left);
  const rest = left - commonPrefixes.length;
  return {
    ...page,
    commonPrefixes,
    rows: page.rows.slice(0, Math.min(rest, page.rows.length)),
    versions: page.versions.slice(0, rest),
  };
}

function addTo(totals: Totals, { commonPrefixes, rows, versions }: ListedPage): void {
  totals.prefixes += commonPrefixes.length;
  totals.objects += rows.length + versions.length;
  for (let row = 0; row < rows.length; row += 1) totals.bytes += rows.sizeBytes(row);
  for (const { sizeBytes, isDeleteMarker } of versions) {
    totals.bytes += sizeBytes;
    if (!isDeleteMarker) continue;
    totals.deleteMarkers += 1;
    totals.objects -= 1;
  }
}

async function printPage(
  { output }: CommandContext,
  page: ListedPage,
  shown: { readonly place: ListedPlace; readonly view: View; readonly lines: LineBuffer },
): Promise<void> {
  const { place, view, lines } = shown;
  const { bucket } = place;
  await output.results(page.commonPrefixes, {
    json: (prefix) => ({ type: "prefix", bucket, prefix }),
    text: (prefix) => prefixLine(place, prefix),
  });
  if (output.json) {
    await output.records(page.rows.objects(), (object) => objectRecord(bucket, object));
  } else {
    lines.clear();
    writeObjects(lines, page.rows, { place, view });
    await output.lines(lines.bytes);
  }
  await output.results(page.versions, {
    json: (version) => versionRecord(bucket, version),
    text: (version) => versionLine(place, version, view),
  });
}

async function tellEnd(
  context: CommandContext,
  options: OptionValues,
  { human, limit, versions }: View,
  { deleteMarkers, ...totals }: Totals,
): Promise<void> {
  const { output } = context;
  if (flagOption(options, "summarize")) {
    const size = human ? formatBytes(totals.bytes) : `${totals.bytes} bytes`;
    const what = versions ? "versions" : "objects";
    const markers = versions ? `, ${countOf(deleteMarkers, "delete marker")}` : "";
    await output.result(
      { type: "summary", ...totals, ...(versions && { deleteMarkers }) },
      `\n${totals.objects} ${what}, ${size}${markers}`,
    );
  }
  if (totals.truncated) sayCut(context, limit);
}

function sayCut({ output }: CommandContext, limit: number): void {
  const text = `Stopped after ${limit} entries; there are more.`;
  if (output.json) output.warn(text);
  else output.note(text);
}

function uriText(uri: S3Uri): string {
  return printable(formatS3Uri(uri));
}
