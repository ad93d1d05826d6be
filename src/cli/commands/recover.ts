import { formatS3Uri } from "../../core/object-key.ts";
import type { RecoveredReplacement } from "../../transfer/replace/recover-replacements.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../format.ts";
import { remoteLocation } from "../locations.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { parseTime } from "../parse-time.ts";
import { withObjectStore } from "../with-object-store.ts";

export const recoverCommand: CommandDefinition = {
  name: "recover",
  define: (command) =>
    command
      .summary("finish replacements that were cut short")
      .description(
        "On a store that does not overwrite, such as Qumulo, an object is replaced in steps: written " +
          "beside as KEY.sms-staging/ID, checked, the old one deleted, the new one copied into place. " +
          "Where a crash came between, this finishes it if the key holds nothing, and else takes the " +
          "bytes beside it away. Nothing is lost by running it again. Without a place it looks through " +
          "the whole bucket.",
      )
      .argument("[place]", "s3://BUCKET/FOLDER/ or a folder of the configured bucket")
      .option(
        "--older-than <time>",
        "cut short longer ago than this; 0s: no writer is at work",
        "1h",
      )
      .option("--dry-run", "show what would be done, do nothing")
      .addHelpText(
        "after",
        examples(
          ["After a crash, once every writer is stopped", "sms-storage recover --older-than 0s"],
          ["Only look", "sms-storage recover --dry-run s3://my-bucket/runs/"],
        ),
      ),
  run: async (context, [place], options) => {
    const { output, runtime } = context;
    const uri = remoteLocation(place, await context.settings());
    const dryRun = flagOption(options, "dryRun");
    const { recoverReplacements } = await import("../../transfer/replace/recover-replacements.ts");
    const found = await withObjectStore(context, uri.bucket, (store) =>
      recoverReplacements(store, {
        prefix: uri.key,
        olderThanMs: ageOf(options),
        dryRun,
        signal: runtime.signal,
      }),
    );
    const counts = { finished: 0, removed: 0, left: 0 };
    for (const one of found) {
      counts[one.action] += 1;
      const record = { type: "recover", bucket: uri.bucket, ...one, dryRun };
      await output.result(record, inWords(one, uri.bucket, dryRun));
    }
    await output.result({ type: "summary", dryRun, ...counts }, undefined);
    if (found.length === 0) {
      output.note(`No replacement was cut short under ${printable(formatS3Uri(uri))}`);
    }
    return counts.left > 0 ? exitCodes.partial : exitCodes.ok;
  },
};

function ageOf(options: OptionValues): number {
  const now = new Date();
  const text = textOption(options, "olderThan") ?? "1h";
  return Math.max(0, now.getTime() - parseTime(text, "--older-than", now).getTime());
}

function inWords(
  { action, key, stagingKey, reason }: RecoveredReplacement,
  bucket: string,
  dryRun: boolean,
): string {
  const beside = formatS3Uri({ bucket, key: stagingKey });
  const target = key === undefined ? beside : formatS3Uri({ bucket, key });
  const texts = {
    finished: `finish ${target}`,
    removed: `remove ${beside}`,
    left: `left ${beside}: ${reason ?? ""}`,
  };
  return `${dryRun ? "(dry run) " : ""}${printable(texts[action])}`;
}
