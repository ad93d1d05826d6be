import { examples, type CommandDefinition } from "../command.ts";
import { copyHelp, copyOptions } from "../copy/copy-options.ts";
import { runCopyCommand } from "../copy/run-copy-command.ts";
import { selectionHelp } from "../selection-options.ts";

export const mvCommand: CommandDefinition = {
  name: "mv",
  define: (command) =>
    copyOptions(command)
      .summary("move files to, from and within S3")
      .description(
        "Copies as cp does, and deletes each source once its copy is seen to be there and whole, and " +
          "only if it is still what was copied. What fails keeps its source, is listed, and the rest " +
          "goes on (exit code 7). Emptied local folders stay. On a versioned bucket the bytes of a " +
          "moved object stay as an older version under its old name.",
      )
      .addHelpText(
        "after",
        examples(
          ["Rename an object", "sms-storage mv s3://my-bucket/a.tsv s3://my-bucket/b.tsv"],
          ["Move results to S3", "sms-storage mv -r ./exp-1 s3://my-bucket/exp-1/"],
          ["See what it would move", "sms-storage mv -r --dry-run s3://my-bucket/tmp/ ./tmp"],
        ) +
          copyHelp +
          selectionHelp,
      ),
  run: (context, args, options) =>
    runCopyCommand(context, args, options, { name: "mv", move: true }),
};
