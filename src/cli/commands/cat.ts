import { pourBody } from "../../core/object-body.ts";
import { parseRange, type ByteRange } from "../../core/byte-range.ts";
import type { TransferContext } from "../../transfer/transfer-context.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { explainMissing } from "../missing-object.ts";
import { objectLocation } from "../locations.ts";
import { namedObjects, readNaming, type NamedObject } from "../named-objects.ts";
import { textOption, type OptionValues } from "../option-values.ts";
import { parseSize } from "../parse-size.ts";
import { withBuckets } from "../with-buckets.ts";

export const catCommand: CommandDefinition = {
  name: "cat",
  readsOnly: () => true,
  define: (command) =>
    command
      .summary("write objects to standard output")
      .description(
        "Writes the bytes of one or more objects to standard output, in the order given and those " +
          "that fit a pattern in key order. A transfer that breaks is taken up where it broke; bytes " +
          "that do not fit the object's checksum end with an error.",
      )
      .argument("<object...>", "s3://BUCKET/KEY, or a key of the configured bucket; wildcards")
      .option("--range <range>", "part of each: 0-99, 100- or -100 (the last 100 bytes)")
      .option("--offset <size>", "all but the first bytes: 1000, 4KiB, ...")
      .option("--tail <size>", "the last bytes: 1000, 4KiB, ...")
      .option("--version-id <id>", "a version of the object")
      .option("--as-of <time>", "as it was: 2026-11-01T06:00:00Z, or 12h, 7d ago")
      .option("--raw", "wildcards are characters of the key")
      .addHelpText(
        "after",
        examples(
          ["A table, page by page", "sms-storage cat exp-1/out.tsv | less -S"],
          ["The parts of a table", "sms-storage cat 's3://my-bucket/exp-1/part-*.tsv' > all.tsv"],
          ["The last 4 KiB of a log", "sms-storage cat --tail 4KiB s3://my-bucket/exp-1/run.log"],
          ["As it was on a day", "sms-storage cat --as-of 2026-11-01 exp-1/config.json"],
        ),
      ),
  run: async (context, objects, options) => {
    const settings = await context.settings();
    const range = readRange(options);
    const naming = readNaming(options, context.runtime.signal);
    if (naming.versionId !== undefined && objects.length > 1) {
      throw new UsageError("--version-id names a version of one object.", "Name one object.");
    }
    const places = objects.map((text) => objectLocation(text, settings));
    await withBuckets(context, async (buckets) => {
      for (const place of places) {
        const transfers = buckets.of(place.bucket);
        for await (const object of namedObjects(transfers.store, place, naming)) {
          await write(context, transfers, object, range);
        }
      }
    });
  },
};

async function write(
  { output, runtime }: CommandContext,
  transfers: TransferContext,
  { key, versionId }: NamedObject,
  range: ByteRange | undefined,
): Promise<void> {
  const { openObject } = await import("../../transfer/download/open-object.ts");
  const { signal } = runtime;
  const { body } = await explainMissing(transfers.store, key, signal, () =>
    openObject(transfers, key, {
      signal,
      ...(range !== undefined && { range }),
      ...(versionId !== undefined && { versionId }),
    }),
  );
  await pourBody(body, (chunk) => output.bytes(chunk));
}

function readRange(options: OptionValues): ByteRange | undefined {
  const given = ["range", "offset", "tail"].filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw new UsageError(`--${given.join(" and --")} exclude each other.`);
  }
  const offset = textOption(options, "offset");
  if (offset !== undefined) return { first: parseSize(offset, "--offset") };
  const tail = textOption(options, "tail");
  if (tail !== undefined) return { suffixLength: parseSize(tail, "--tail") };
  const text = textOption(options, "range");
  if (text === undefined) return undefined;
  const range = parseRange(`bytes=${text}`);
  if (range !== undefined) return range;
  throw new UsageError(
    `--range ${text} is not a range.`,
    "Write FIRST-LAST, FIRST- or -COUNT, counted from 0, both ends included.",
  );
}
