import { asFolder, formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ListedVersion, ObjectStore } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { versionLine, versionRecord } from "../listing/listing-lines.ts";
import { remoteLocation } from "../locations.ts";
import { hasObjects } from "../missing-object.ts";
import { flagOption, limitOption } from "../option-values.ts";
import { withObjectStore } from "../with-object-store.ts";

export const versionsCommand: CommandDefinition = {
  name: "versions",
  readsOnly: () => true,
  define: (command) =>
    command
      .summary("list the versions of an object")
      .description(
        "Lists all versions of one object, newest first, with the delete markers among them; with " +
          "--recursive, a / at the end or wildcards those of everything in a folder. Times are UTC. An object " +
          "of which no version is kept ends with exit code 3.",
      )
      .argument("<place>", "s3://BUCKET/KEY or a key; a folder with --recursive")
      .option("-r, --recursive", "everything in the folder")
      .option("--raw", "wildcards in the place are characters of the key")
      .option("--human-readable", "sizes as KiB, MiB, ...")
      .option("--limit <count>", "stop after so many, and say so")
      .addHelpText(
        "after",
        examples(
          ["What became of a file", "sms-storage versions exp-1/out.tsv"],
          [
            "The id of the version before",
            "sms-storage versions --json exp-1/out.tsv | jq -r 'select(.isLatest|not).versionId' | head -1",
          ],
          ["One of them back on top", "sms-storage restore --version-id ID exp-1/out.tsv"],
        ),
      ),
  run: async (context, [place = ""], options) => {
    const settings = await context.settings();
    const uri = remoteLocation(place, settings);
    const limit = limitOption(options, "limit") ?? Number.POSITIVE_INFINITY;
    const view = {
      wholeKeys: true,
      storageClass: false,
      human: flagOption(options, "humanReadable"),
    };
    const { chooseKeys } = await import("../../transfer/selection/choose-keys.ts");
    const recursive = flagOption(options, "recursive");
    const folder = recursive ? asFolder(uri.key) : uri.key;
    const choice = chooseKeys(folder, { raw: flagOption(options, "raw") });
    const isKey = !choice.isPattern && uri.key !== "" && !folder.endsWith("/");
    return withObjectStore(context, uri.bucket, async (store) => {
      const { signal } = context.runtime;
      const { versionPages, versionsOfKey } =
        await import("../../transfer/versions/version-pages.ts");
      const pages = isKey
        ? versionsOfKey(store, uri.key, { signal })
        : under(versionPages(store, choice.prefix, { signal }), (one) => choice.accepts(one));
      let count = 0;
      for await (const versions of pages) {
        const shown = versions.slice(0, limit - count);
        await context.output.results(shown, {
          json: (version) => versionRecord(uri.bucket, version),
          text: (version) => versionLine({ bucket: uri.bucket, prefix: "" }, version, view),
        });
        count += shown.length;
        if (shown.length === versions.length) continue;
        context.output.warn(`Stopped after ${limit} versions; there are more.`);
        break;
      }
      if (count > 0) return exitCodes.ok;
      await tellNone(context, store, uri, isKey);
      return exitCodes.notFound;
    });
  },
};

async function* under(
  pages: AsyncIterable<{ readonly versions: readonly ListedVersion[] }>,
  accepts: (version: ListedVersion) => boolean,
): AsyncGenerator<readonly ListedVersion[], void> {
  for await (const { versions } of pages) yield versions.filter(accepts);
}

async function tellNone(
  context: CommandContext,
  store: ObjectStore,
  uri: S3Uri,
  isKey: boolean,
): Promise<void> {
  const { output, runtime } = context;
  const text = printable(formatS3Uri(uri));
  const isFolder = isKey && (await hasObjects(store, asFolder(uri.key), runtime.signal));
  const hint = isFolder ? "; it is a folder: add --recursive for what is in it" : "";
  output.note(`There are no versions of ${text}${hint}`);
}
