import { examples, type CommandDefinition } from "../command.ts";
import { keepMemoryFlat } from "../keep-memory-flat.ts";
import { selectionHelp, selectionOptions } from "../selection-options.ts";

export const extractCommand: CommandDefinition = {
  name: "extract",
  define: (command) =>
    selectionOptions(
      command
        .summary("unpack an archive to objects, or an object to files")
        .description(
          "Unpacks a tar, tar.gz or ZIP archive: a file, an object or standard input (-), to objects under a " +
            "prefix, or an object's to a folder. Links, devices, names that would lead elsewhere or come " +
            "twice, and archives that unpack beyond measure are refused; of a ZIP archive before anything " +
            "is written. One that was cut off is an error, which says what was written before.",
        )
        .argument("<archive>", "a file, s3://BUCKET/KEY, or -")
        .argument("<target>", "s3://BUCKET/PREFIX/ or a folder"),
    )
      .option("--format <format>", "tar, tar.gz or zip; default: by its first bytes")
      .option("--on-unsafe <what>", "of members that cannot be unpacked: error or report", "error")
      .option("--no-overwrite", "fail where a file or object exists already")
      .option("--max-entries <count>", "members, and folders, at most; default 100000 of each")
      .option("--max-bytes <size>", "bytes of all members at most; default 1TiB")
      .option("--max-ratio <count>", "times the archive's own size at most; default 200")
      .addHelpText(
        "after",
        examples(
          ["A file into the bucket", "sms-storage extract exp-1.tar.gz s3://my-bucket/exp-1/"],
          ["From a pipe", "tar cf - exp-1 | sms-storage extract - s3://my-bucket/runs/"],
          ["An object to a folder", "sms-storage extract s3://my-bucket/exp-1.zip ./exp-1"],
        ) + selectionHelp,
      ),
  run: async (context, [archive = "", target = ""], options) => {
    keepMemoryFlat();
    const { runExtract } = await import("../archive/run-extract.ts");
    return runExtract(context, { archive, target, options });
  },
};
