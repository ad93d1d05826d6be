import { examples, type CommandDefinition } from "../command.ts";
import { storedOptions } from "../copy/stored-options.ts";
import { keepMemoryFlat } from "../keep-memory-flat.ts";
import { selectionHelp } from "../selection-options.ts";
import { comparisonOptions } from "../sync/tree-options.ts";

export const syncCommand: CommandDefinition = {
  name: "sync",
  define: (command) =>
    storedOptions(
      comparisonOptions(
        command
          .summary("make a folder or prefix like another one")
          .description(
            "Copies what is new or other in the source, and leaves alone what the target has already: by " +
              "size and content, not by time. What was seen to be the same is remembered, so that a second " +
              "run reads no file again. One side at least is s3://BUCKET/PREFIX. What fails is listed and " +
              "the rest goes on (exit code 7); nothing is deleted then.",
          )
          .argument("<source>", "folder or s3://BUCKET/PREFIX")
          .argument("<target>", "folder or s3://BUCKET/PREFIX")
          .option("--delete", "delete what only the target has; what is left out stays")
          .option("--max-delete <count>", "delete no more than so many, or nothing")
          .option("--allow-empty-source", "delete all of the target where the source has nothing"),
      ),
    )
      .option(
        "--case-conflict <how>",
        "names that differ in case only: probe the target's file system, assume it, or ignore",
        "probe",
      )
      .option("--no-resume", "begin large files anew, and leave nothing of them when cut short")
      .option("--dry-run", "show what would be done, do nothing")
      .addHelpText(
        "after",
        examples(
          ["Upload what is new of a folder", "sms-storage sync ./exp-1 s3://my-bucket/exp-1/"],
          ["The other way round", "sms-storage sync s3://my-bucket/exp-1/ ./exp-1"],
          [
            "See what a mirror would do",
            "sms-storage sync --delete --dry-run ./site s3://my-bucket/site/",
          ],
        ) +
          comparisonHelp +
          selectionHelp,
      ),
  run: async (context, args, options) => {
    keepMemoryFlat();
    const { runSyncCommand } = await import("../sync/run-sync-command.ts");
    return runSyncCommand(context, args, options);
  },
};

const comparisonHelp = `
Comparing:
  Other sizes: other content. Of equal sizes the ETag of the listing tells, which is the MD5 of an
  object or of its parts; files are read for it once, then their times and numbers on the disk tell
  whether they were touched. Where an ETag tells nothing, as with SSE-KMS, a target that is newer
  than its source is taken for its copy. No object is asked about by itself.

Deleting:
  Only with --delete, only once all copies have succeeded, and only up to 1,000 or a tenth of the
  target, whichever is more; beyond that it asks, or needs --max-delete. A source that is missing,
  empty or partly unreadable deletes nothing.

Exit codes:
  3 when patterns, ages or sizes leave nothing of either tree, as with cp; 0 with --allow-empty-source.
`;
