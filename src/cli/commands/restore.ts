import { asFolder, formatS3Uri, type S3Uri } from "../../core/object-key.ts";
import type { ListedVersion } from "../../core/object-store.ts";
import type { KeyChoice } from "../../transfer/selection/choose-keys.ts";
import type { TransferContext } from "../../transfer/transfer-context.ts";
import type { RestoreStep } from "../../transfer/versions/plan-restore.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { remoteLocation } from "../locations.ts";
import { flagOption } from "../option-values.ts";
import { readNaming, type NamingWish } from "../named-objects.ts";
import { RestoreReport } from "../restore-report.ts";
import { readSelection, selectionHelp, selectionOptions } from "../selection-options.ts";
import { withBuckets } from "../with-buckets.ts";

export const restoreCommand: CommandDefinition = {
  name: "restore",
  define: (command) =>
    selectionOptions(command)
      .summary("bring back deleted or older versions")
      .description(
        "Brings back what was deleted, or with --as-of the state of a time, of one object or with " +
          "--recursive of a folder. The old version is copied on top, on the store's side, with its " +
          "headers, metadata and tags: no version and no delete marker is removed, so that another " +
          "restore can take it back. What has no version from that time is left alone. What fails is " +
          "listed and the rest goes on (exit code 7).",
      )
      .argument("<place>", "s3://BUCKET/KEY or a key; a folder with --recursive; wildcards")
      .option("-r, --recursive", "everything in the folder")
      .option("--as-of <time>", "as it was: 2026-11-01T06:00:00Z, or 12h, 7d ago")
      .option("--version-id <id>", "this version of the object")
      .option("--raw", "wildcards in the place are characters of the key")
      .option("--dry-run", "show what would be restored, restore nothing")
      .addHelpText(
        "after",
        examples(
          ["A deleted file", "sms-storage restore exp-1/out.tsv"],
          [
            "See what a folder held yesterday",
            "sms-storage restore -r --as-of 1d --dry-run exp-1/",
          ],
          ["All deleted tables", "sms-storage restore -r --include '*.tsv' s3://my-bucket/exp-1/"],
          ["One version of a file", "sms-storage restore --version-id ID exp-1/config.json"],
        ) + selectionHelp,
      ),
  run: async (context, [place = ""], options) => {
    const settings = await context.settings();
    const uri = remoteLocation(place, settings);
    const { chooseKeys } = await import("../../transfer/selection/choose-keys.ts");
    const recursive = flagOption(options, "recursive");
    const selection = readSelection(options, new Date());
    const naming = readNaming(options, context.runtime.signal);
    const key = recursive ? asFolder(uri.key) : uri.key;
    const choice = chooseKeys(key, { selection, raw: naming.raw });
    const isKey = !recursive && !choice.isPattern;
    checkPlace(uri, { isKey, isAll: selection.isAll, naming });
    const dryRun = flagOption(options, "dryRun");
    const report = new RestoreReport(context, { bucket: uri.bucket, dryRun, isKey });
    return withBuckets(context, async (buckets) => {
      const transfers = buckets.of(uri.bucket);
      const { signal } = naming;
      const steps =
        naming.versionId === undefined
          ? await plan(transfers, isKey ? uri.key : choice, naming)
          : oneVersion(transfers, uri.key, naming.versionId, signal);
      const { runRestore } = await import("../../transfer/versions/run-restore.ts");
      await runRestore(transfers, steps, report, { signal, dryRun });
      return report.end(uri);
    });
  },
};

function checkPlace(
  uri: S3Uri,
  wish: { readonly isKey: boolean; readonly isAll: boolean; readonly naming: NamingWish },
): void {
  const { isKey, isAll, naming } = wish;
  if (isKey && (uri.key === "" || uri.key.endsWith("/")) && naming.versionId === undefined) {
    throw new UsageError(
      `${formatS3Uri(uri)} is a folder or bucket, not an object.`,
      "Add --recursive for everything in it.",
    );
  }
  if (isKey && !isAll) {
    throw new UsageError("Only what is in a folder can be selected.", "Add --recursive.");
  }
  if (!isKey && naming.versionId !== undefined) {
    throw new UsageError("--version-id names one version of one object.", "Leave out --recursive.");
  }
}

type Steps = AsyncGenerator<RestoreStep, void>;

async function plan(
  { store }: TransferContext,
  /** A key, or what is chosen of a folder. */
  place: string | KeyChoice,
  { moment, signal }: NamingWish,
): Promise<Steps> {
  const { planRestore } = await import("../../transfer/versions/plan-restore.ts");
  const of = moment !== undefined && { moment };
  if (typeof place === "string")
    return planRestore(store, place, { isKey: true, ...of }, { signal });
  const accepts = (version: ListedVersion): boolean => place.accepts(version);
  return planRestore(store, place.prefix, { isKey: false, accepts, ...of }, { signal });
}

async function* oneVersion(
  { store }: TransferContext,
  key: string,
  versionId: string,
  signal: AbortSignal,
): Steps {
  const { planVersion } = await import("../../transfer/versions/plan-restore.ts");
  yield await planVersion(store, key, versionId, { signal });
}
