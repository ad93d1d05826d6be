import type { ListedObject } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { formatBytes, formatTime, printable } from "../format.ts";
import { formatUri, remoteLocation } from "../locations.ts";

interface Totals {
  objects: number;
  prefixes: number;
  bytes: number;
  truncated: boolean;
}

export const lsCommand: CommandDefinition = {
  name: "ls",
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
    const limit = readLimit(options["limit"]);
    const { openObjectStore } = await import("../../open/open-object-store.ts");
    const store = await openObjectStore(settings, { bucket: uri.bucket });
    const recursive = options["recursive"] === true;
    const human = options["humanReadable"] === true;
    const totals: Totals = { objects: 0, prefixes: 0, bytes: 0, truncated: false };
    const { output } = context;
    try {
      let continuationToken: string | undefined;
      do {
        const page = await store.listObjects({
          prefix: uri.key,
          maxKeys: Math.min(1000, limit - totals.objects - totals.prefixes),
          signal: context.runtime.signal,
          ...(recursive ? {} : { delimiter: "/" }),
          ...(continuationToken === undefined ? {} : { continuationToken }),
        });
        for (const prefix of page.commonPrefixes) {
          totals.prefixes += 1;
          const shown = printable(relativeTo(uri.key, prefix));
          await output.result({ type: "prefix", prefix }, `${"PRE".padStart(30)} ${shown}`);
        }
        for (const object of page.objects) {
          totals.objects += 1;
          totals.bytes += object.sizeBytes;
          const name = recursive ? object.key : relativeTo(uri.key, object.key);
          await output.result(objectRecord(object), objectLine(object, name, human));
        }
        continuationToken = page.continuationToken;
        totals.truncated =
          continuationToken !== undefined && totals.objects + totals.prefixes >= limit;
      } while (continuationToken !== undefined && !totals.truncated);
    } finally {
      await store.close();
    }
    const summary = options["summarize"] === true ? summaryText(totals, human) : undefined;
    await output.result({ type: "summary", ...totals }, summary);
    if (totals.truncated) output.note(`Stopped after ${limit} entries; there are more.`);
    if (totals.objects + totals.prefixes > 0) return exitCodes.ok;
    output.note(`There is nothing under ${formatUri(uri)}`);
    return uri.key === "" ? exitCodes.ok : exitCodes.notFound;
  },
};

function readLimit(text: unknown): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new UsageError(`--limit takes a whole number of 1 or more, not ${String(text)}.`);
}

function objectRecord(object: ListedObject): Record<string, unknown> {
  return { type: "object", ...object, lastModified: object.lastModified.toISOString() };
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
