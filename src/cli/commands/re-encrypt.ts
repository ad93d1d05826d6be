import { examples, type CommandDefinition } from "../command.ts";
import { remoteLocation } from "../locations.ts";
import { keepMemoryFlat } from "../keep-memory-flat.ts";
import { paceOptions, readPace } from "../pace-options.ts";

export const reEncryptCommand: CommandDefinition = {
  name: "re-encrypt",
  define: (command) =>
    paceOptions(command)
      .summary("move objects from keys of KMS to SSE-S3")
      .description(
        "Changing a bucket's default encryption changes no object: those that were there still need " +
          "kms:Decrypt on their key, and are lost with it. This finds them and copies them onto " +
          "themselves under SSE-S3, on the store's side, each only as long as nobody replaces it. Shows " +
          "first what that makes and takes. What was found is kept: run again after a stop, it goes on. " +
          "More objects than --max-objects become manifests and jobs for S3 Batch Operations, with the " +
          "commands to start them (exit code 10).",
      )
      .argument("[place]", "s3://BUCKET/PREFIX or a prefix; default: the configured bucket")
      .option("--dry-run", "show what would be done, copy nothing")
      .option("--plan", "the same as --dry-run")
      .option(
        "--sample <count>",
        "look at so many objects, drawn by lot, and estimate; copy nothing",
      )
      .option("--inventory <file>", "instead of listing: manifest.json or CSV of an S3 Inventory")
      .option("--to <algorithm>", "how objects are to be encrypted", "AES256")
      .option("--versions", "count older versions under KMS too; they are never copied")
      .option("--max-objects <count>", "more than these become a job (default: 100000)")
      .option("--max-bytes <size>", "objects of more than this become a job")
      .option("--job-folder <folder>", "where manifests and jobs are written")
      .option("--owner <account>", "the account the bucket must belong to; default: the caller's")
      .option("--rescan", "look at all objects anew, whatever an earlier run has found")
      .option("-y, --yes", "do not ask")
      .addHelpText(
        "after",
        examples(
          ["How much is still under KMS", "sms-storage re-encrypt --sample 500 s3://my-bucket/"],
          ["What would be done", "sms-storage re-encrypt --dry-run s3://my-bucket/exp-1/"],
          ["Do it in a script", "sms-storage re-encrypt --yes s3://my-bucket/"],
          [
            "By an inventory, without looking at each object",
            "sms-storage re-encrypt --inventory s3://my-reports/my-bucket/all/2026-11-26T01-00Z/manifest.json",
          ],
        ),
      ),
  run: async (context, [place], options) => {
    const settings = await context.settings();
    const { readReencryptWish } = await import("../reencrypt/read-reencrypt-wish.ts");
    const wish = readReencryptWish(remoteLocation(place, settings), options);
    const { runReencrypt } = await import("../reencrypt/run-reencrypt.ts");
    keepMemoryFlat();
    return runReencrypt(context, wish, readPace(options));
  },
};
