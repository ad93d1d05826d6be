import { explainedHead } from "../../transfer/objects/explained-head.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { formatTable, formatTime, printable } from "../format.ts";
import { explainMissing } from "../missing-object.ts";
import { objectLocation } from "../locations.ts";
import { withObjectStore } from "../with-object-store.ts";
import { versionOption } from "../option-values.ts";

export const headCommand: CommandDefinition = {
  name: "head",
  readsOnly: () => true,
  define: (command) =>
    command
      .summary("show what is known of an object")
      .description("Shows size, time, ETag, checksum, headers and metadata of an object.")
      .argument("<object>", "s3://BUCKET/KEY, or a key of the configured bucket")
      .option("--version-id <id>", "a version of the object")
      .addHelpText(
        "after",
        examples(
          ["Size and time", "sms-storage head exp-1/out.tsv"],
          ["The size alone", "sms-storage head --json exp-1/out.tsv | jq .sizeBytes"],
        ),
      ),
  run: async (context, [object = ""], options) => {
    const settings = await context.settings();
    const { bucket, key } = objectLocation(object, settings);
    const { signal } = context.runtime;
    const head = await withObjectStore(context, bucket, (store) =>
      explainMissing(store, key, signal, () =>
        explainedHead(store, key, { signal, ...versionOption(options) }),
      ),
    );
    const { metadata, lastModified, checksum, ...rest } = head;
    const facts = Object.entries({
      ...rest,
      lastModified: `${formatTime(lastModified)} UTC`,
      ...(checksum && { checksum: `${checksum.algorithm} ${checksum.value} (${checksum.type})` }),
      ...Object.fromEntries(
        Object.entries(metadata).map(([name, value]) => [`metadata ${name}`, value]),
      ),
    });
    const rows = facts
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, printable(String(value))]);
    await context.output.result({ type: "object", bucket, ...head }, formatTable(rows));
  },
};
