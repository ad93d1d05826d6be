import { parseRange, type ByteRange } from "../../core/byte-range.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { explainMissing } from "../missing-object.ts";
import { objectLocation } from "../locations.ts";
import { withBuckets } from "../with-buckets.ts";
import { textOption, versionOption } from "../option-values.ts";

export const catCommand: CommandDefinition = {
  name: "cat",
  readsOnly: () => true,
  define: (command) =>
    command
      .summary("write objects to standard output")
      .description(
        "Writes the bytes of one or more objects to standard output, in the order given. " +
          "A transfer that breaks is taken up where it broke; bytes that do not fit the object's " +
          "checksum end with an error.",
      )
      .argument("<object...>", "s3://BUCKET/KEY, or a key of the configured bucket")
      .option("--range <range>", "part of it: 0-99, 100- or -100 (the last 100 bytes)")
      .option("--version-id <id>", "a version of the object")
      .addHelpText(
        "after",
        examples(
          ["A table, page by page", "sms-storage cat exp-1/out.tsv | less -S"],
          ["The last 4 KiB of a log", "sms-storage cat --range -4096 s3://my-bucket/exp-1/run.log"],
        ),
      ),
  run: async (context, objects, options) => {
    const settings = await context.settings();
    const range = readRange(textOption(options, "range"));
    const { openObject } = await import("../../transfer/download/open-object.ts");
    const { signal } = context.runtime;
    await withBuckets(context, async (buckets) => {
      for (const text of objects) {
        const { bucket, key } = objectLocation(text, settings);
        const transfers = buckets.of(bucket);
        const { body } = await explainMissing(transfers.store, key, signal, () =>
          openObject(transfers, key, {
            signal,
            ...(range !== undefined && { range }),
            ...versionOption(options),
          }),
        );
        for await (const chunk of body) await context.output.bytes(chunk);
      }
    });
  },
};

function readRange(text: string | undefined): ByteRange | undefined {
  if (text === undefined) return undefined;
  const range = parseRange(`bytes=${text}`);
  if (range !== undefined) return range;
  throw new UsageError(
    `--range ${text} is not a range.`,
    "Write FIRST-LAST, FIRST- or -COUNT, counted from 0, both ends included.",
  );
}
