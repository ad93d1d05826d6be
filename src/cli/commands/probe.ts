import type { ProbedFact } from "../../core/store-profile.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTable, printable } from "../format.ts";
import { remoteLocation } from "../locations.ts";
import { storeListener } from "../store-listener.ts";

export const probeCommand: CommandDefinition = {
  name: "probe",
  define: (command) =>
    command
      .summary("find out what a store can do")
      .description(
        "Tries on a bucket what its store does: overwriting, conditions, checksums, parts, listings, " +
          "metadata, tags, versions, links and more. It writes below a temporary prefix (some 60 " +
          "requests, 10 to 30 MiB), cleans up, and records what it saw in a file, by which the next " +
          "30 days' calls to this endpoint go. AWS needs none.",
      )
      .argument("[place]", "s3://BUCKET or s3://BUCKET/PREFIX/; default: the configured bucket")
      .option("--no-record", "only show it")
      .addHelpText(
        "after",
        examples(
          ["Once for a new store", "sms-storage probe s3://my-bucket"],
          [
            "What it cannot",
            "sms-storage probe --no-record --json | jq 'select(.finding==\"no\")'",
          ],
        ),
      ),
  run: async (context, [place], options) => {
    const { output, runtime } = context;
    const settings = await context.settings();
    const { bucket, key: prefix } = remoteLocation(place, settings);
    const { probeStore } = await import("../../open/probe-store.ts");
    const found: ProbedFact[] = [];
    const { profile, cleanUp, file } = await probeStore(settings, {
      bucket,
      prefix,
      ...storeListener(context, settings),
      signal: runtime.signal,
      record: options["record"] !== false,
      onFact: (fact) => {
        found.push(fact);
        output.progress(`${found.length} found out`);
      },
    });
    const rows = found.map(({ name, finding, detail }) => [name, String(finding), detail]);
    const lines = formatTable(rows.map((row) => row.map(printable))).split("\n");
    for (const [index, one] of found.entries()) {
      await output.result({ type: "probe", bucket, ...one }, lines[index]);
    }
    const { endpoint, dialect } = profile;
    const { deleted, left } = cleanUp;
    const facts = { endpoint, dialect, deleted, left, ...(file !== undefined && { file }) };
    await output.result({ type: "summary", ...facts }, undefined);
    if (file !== undefined) output.note(`Recorded in ${printable(file)}`);
    if (left.length === 0) return exitCodes.ok;
    output.warn(`${left.length} objects of the probe could not be deleted:`);
    for (const one of left) output.warn(printable(`s3://${bucket}/${one}`));
    return exitCodes.partial;
  },
};
