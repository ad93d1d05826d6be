import { examples, type CommandDefinition } from "../command.ts";
import { keepMemoryFlat } from "../keep-memory-flat.ts";
import { selectionHelp, selectionOptions } from "../selection-options.ts";

export const archiveCommand: CommandDefinition = {
  name: "archive",
  // To standard output.
  readsOnly: (args) => args.at(-1) === "-",
  define: (command) =>
    selectionOptions(
      command
        .summary("make one archive of all objects under a prefix")
        .description(
          "Writes a tar, tar.gz or ZIP archive of what is under a prefix: to a file, to an object, or to " +
            "standard output (-). Objects are read side by side, each whole, verified and the one that " +
            "was listed. A file or object appears under its name whole or not at all; what goes to a pipe " +
            "breaks off before the archive's end. The same objects make the same bytes.",
        )
        .argument("<prefix>", "s3://BUCKET/PREFIX/, or a prefix of the configured bucket")
        .argument("<target>", "a file, s3://BUCKET/KEY, or -"),
    )
      .option("--format <format>", "tar, tar.gz or zip; default: by the target's name, else tar.gz")
      .option("--root <folder>", "a folder of the archive that takes everything")
      .option("--level <level>", "of the compression, 0 to 9; default 6")
      .option("--on-missing <what>", "of objects that vanish or change: error or report", "error")
      .option("--manifest [name]", "a last member that lists them: MANIFEST.jsonl or another name")
      .option("--no-overwrite", "fail where the target exists already")
      .option("--allow-empty", "make an archive of nothing")
      .addHelpText(
        "after",
        examples(
          ["An experiment as one file", "sms-storage archive s3://my-bucket/exp-1/ exp-1.tar.gz"],
          ["Its tables to a pipe", "sms-storage archive --include '*.tsv' exp-1/ - | tar tzf -"],
          ["As ZIP, kept in the bucket", "sms-storage archive exp-1/ s3://my-bucket/exp-1.zip"],
        ) + selectionHelp,
      ),
  run: async (context, [prefix = "", target = ""], options) => {
    keepMemoryFlat();
    const { runArchive } = await import("../archive/run-archive.ts");
    return runArchive(context, { prefix, target, options });
  },
};
