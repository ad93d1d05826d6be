import { s3Limits } from "../../core/limits.ts";
import { formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ListedObject, ListPage, ObjectStore } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { formatBytes, formatTime, printable } from "../format.ts";
import { remoteLocation } from "../locations.ts";
import type { Output } from "../output.ts";
import { withObjectStore } from "../with-object-store.ts";
import { flagOption, textOption } from "../option-values.ts";

interface Totals {
  objects: number;
  prefixes: number;
  bytes: number;
  truncated: boolean;
}

export const lsCommand: CommandDefinition = {
  name: "ls",
  readsOnly: () => true,
  define: (command) =>
    command
      .summary("list objects")
      .description(
        "Lists what is under a prefix, in key order, page after page: nothing is cut off silently. " +
          "Times are UTC, sizes bytes. A prefix under which there is nothing ends with exit code 3.",
      )
      .argument("[place]", "s3://BUCKET/PREFIX or a prefix; default: the configured bucket")
      .option("-r, --recursive", "all keys, not folder by folder")
      .option("--human-readable", "sizes as KiB, MiB, ...")
      .option("--summarize", "end with the count and the sum of sizes")
      .option("--limit <count>", "stop after so many entries, and say so")
      .addHelpText(
        "after",
        examples(
          ["The top of the configured bucket", "sms-storage ls"],
          ["Everything of one experiment, with its total", "sms-storage ls -r --summarize exp-1/"],
          ["Keys for a script", "sms-storage ls -r --json s3://my-bucket/exp-1/ | jq -r .key"],
        ),
      ),
  run: async (context, [place], options) => {
    const settings = await context.settings();
    const uri = remoteLocation(place, settings);
    const view: View = {
      recursive: flagOption(options, "recursive"),
      human: flagOption(options, "humanReadable"),
      limit: readLimit(textOption(options, "limit")),
    };
    const totals = await withObjectStore(context, uri.bucket, (store) =>
      printPages(context, store, uri.key, view),
    );
    const { output } = context;
    const summary = flagOption(options, "summarize") ? summaryText(totals, view.human) : undefined;
    if (summary !== undefined) await output.result({ type: "summary", ...totals }, summary);
    if (totals.truncated) {
      const cut = `Stopped after ${view.limit} entries; there are more.`;
      if (output.json) output.warn(cut);
      else output.note(cut);
    }
    if (totals.objects + totals.prefixes > 0) return exitCodes.ok;
    output.note(`There is nothing under ${printable(formatS3Uri(uri))}`);
    return uri.key === "" ? exitCodes.ok : exitCodes.notFound;
  },
};

interface View {
  readonly recursive: boolean;
  readonly human: boolean;
  readonly limit: number;
}

async function printPages(
  context: CommandContext,
  store: ObjectStore,
  prefix: string,
  view: View,
): Promise<Totals> {
  const { listPages } = await import("../../transfer/objects/list-pages.ts");
  const totals: Totals = { objects: 0, prefixes: 0, bytes: 0, truncated: false };
  const left = (): number => view.limit - totals.objects - totals.prefixes;
  const pages = listPages(store, prefix, {
    signal: context.runtime.signal,
    pageKeys: () => Math.min(s3Limits.listPageKeys, left()),
    ...(!view.recursive && { delimiter: "/" }),
  });
  for await (const page of pages) {
    await printPage(context.output, page, { bucket: store.bucket, key: prefix }, view);
    totals.objects += page.objects.length;
    totals.prefixes += page.commonPrefixes.length;
    for (const { sizeBytes } of page.objects) totals.bytes += sizeBytes;
    totals.truncated = left() <= 0 && page.continuationToken !== undefined;
    if (totals.truncated) break;
  }
  return totals;
}

async function printPage(
  output: Output,
  page: ListPage,
  { bucket, key: prefix }: S3Uri,
  view: View,
): Promise<void> {
  await output.results(page.commonPrefixes, {
    json: (common) => ({ type: "prefix", bucket, prefix: common }),
    text: (common) => `${"PRE".padStart(30)} ${printable(relativeTo(prefix, common))}`,
  });
  const nameOf = view.recursive
    ? ({ key }: ListedObject) => key
    : ({ key }: ListedObject) => relativeTo(prefix, key);
  await output.results(page.objects, {
    json: (object) => objectRecord(bucket, object),
    text: (object) => objectLine(object, nameOf(object), view.human),
  });
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new UsageError(`--limit takes a whole number of 1 or more, not ${text}.`);
}

function objectRecord(bucket: string, object: ListedObject): Record<string, unknown> {
  return { type: "object", bucket, ...object, lastModified: object.lastModified.toISOString() };
}

function objectLine(object: ListedObject, name: string, human: boolean): string {
  const size = human ? formatBytes(object.sizeBytes) : String(object.sizeBytes);
  return `${formatTime(object.lastModified)} ${size.padStart(10)} ${printable(name)}`;
}

/** Folder by folder, a name is shown from its last `/` before the end of the prefix, as in `ls`. */
function relativeTo(prefix: string, key: string): string {
  return key.slice(prefix.lastIndexOf("/") + 1);
}

function summaryText(totals: Totals, human: boolean): string {
  const size = human ? formatBytes(totals.bytes) : `${totals.bytes} bytes`;
  return `\n${totals.objects} objects, ${size}`;
}
