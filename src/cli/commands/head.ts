import type { ObjectHead, ObjectStore, ObjectTags } from "../../core/object-store.ts";
import { explainedHead } from "../../transfer/objects/explained-head.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { formatTable, formatTime, printable } from "../format.ts";
import { explainMissing } from "../missing-object.ts";
import { objectLocation } from "../locations.ts";
import { namedObjects, readNaming, type NamedObject } from "../named-objects.ts";
import { flagOption } from "../option-values.ts";
import { withBuckets } from "../with-buckets.ts";

export const headCommand: CommandDefinition = {
  name: "head",
  readsOnly: () => true,
  define: (command) =>
    command
      .summary("show what is known of an object")
      .description("Shows size, time, ETag, checksum, headers and metadata of one or more objects.")
      .argument("<object...>", "s3://BUCKET/KEY, or a key of the configured bucket; wildcards")
      .option("--tags", "its tags too")
      .option("--version-id <id>", "a version of the object")
      .option("--as-of <time>", "as it was: 2026-11-01T06:00:00Z, or 12h, 7d ago")
      .option("--raw", "wildcards are characters of the key")
      .addHelpText(
        "after",
        examples(
          ["Size and time", "sms-storage head exp-1/out.tsv"],
          ["The size alone", "sms-storage head --json exp-1/out.tsv | jq .sizeBytes"],
          ["What it was last week", "sms-storage head --as-of 7d exp-1/out.tsv"],
        ),
      ),
  run: async (context, objects, options) => {
    const settings = await context.settings();
    const naming = readNaming(options, context.runtime.signal);
    if (naming.versionId !== undefined && objects.length > 1) {
      throw new UsageError("--version-id names a version of one object.", "Name one object.");
    }
    const withTags = flagOption(options, "tags");
    const places = objects.map((text) => objectLocation(text, settings));
    let isFirst = true;
    await withBuckets(context, async (buckets) => {
      for (const place of places) {
        const { store } = buckets.of(place.bucket);
        for await (const object of namedObjects(store, place, naming)) {
          await printHead(context, store, object, { withTags, isFirst });
          isFirst = false;
        }
      }
    });
  },
};

async function printHead(
  { output, runtime }: CommandContext,
  store: ObjectStore,
  { key, versionId }: NamedObject,
  { withTags, isFirst }: { readonly withTags: boolean; readonly isFirst: boolean },
): Promise<void> {
  const { signal } = runtime;
  const version = versionId !== undefined && { versionId };
  const head = await explainMissing(store, key, signal, () =>
    explainedHead(store, key, { signal, ...version }),
  );
  const { bucket } = store;
  const tags = withTags ? await store.getObjectTags(key, { signal, ...version }) : undefined;
  const text = formatTable(rowsOf(head, tags));
  const record = { type: "object", bucket, ...head, ...(tags && { tags }) };
  await output.result(record, isFirst ? text : `\n${text}`);
}

function rowsOf(head: ObjectHead, tags: ObjectTags = {}): string[][] {
  const { metadata, lastModified, checksum, ...rest } = head;
  const facts = Object.entries({
    ...rest,
    lastModified: `${formatTime(lastModified)} UTC`,
    ...(checksum && { checksum: `${checksum.algorithm} ${checksum.value} (${checksum.type})` }),
    ...named("metadata", metadata),
    ...named("tag", tags),
  });
  return facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [printable(name), printable(String(value))]);
}

function named(kind: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${kind} ${name}`, value]),
  );
}
