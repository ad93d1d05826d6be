import { examples, type CommandDefinition } from "../command.ts";
import { copyHelp, copyOptions } from "../copy/copy-options.ts";
import { copyStream } from "../copy/copy-stream.ts";
import { runCopyCommand } from "../copy/run-copy-command.ts";
import { location } from "../locations.ts";
import { selectionHelp } from "../selection-options.ts";

export const cpCommand: CommandDefinition = {
  name: "cp",
  // To standard output.
  readsOnly: (args) => args.at(-1) === "-",
  define: (command) =>
    copyOptions(command)
      .summary("copy files to, from and within S3")
      .description(
        "Copies files and objects, or with --recursive folders and prefixes. One side at least is " +
          "s3://BUCKET/KEY; - is standard input or output. Large files go in parts, downloads are " +
          "verified before they appear under their name, copies within a store stay on its side and " +
          "keep headers, metadata and tags. A copy onto itself changes headers, tags or encryption. " +
          "What fails is listed and the rest goes on (exit code 7).",
      )
      .option("--version-id <id>", "copy this version of the one source")
      .option("--expected-size <size>", "of standard input, when it is more than some 5 TiB")
      .addHelpText(
        "after",
        examples(
          ["Upload a table", "sms-storage cp out.tsv s3://my-bucket/exp-1/out.tsv"],
          ["Download an experiment", "sms-storage cp -r s3://my-bucket/exp-1/ ./exp-1"],
          ["Only its tables", "sms-storage cp -r --include '*.tsv' s3://my-bucket/exp-1/ ./exp-1"],
          ["One table of many runs", "sms-storage cp 's3://my-bucket/exp-*/out.tsv' tables/"],
          ["Several files", "sms-storage cp a.tsv b.tsv s3://my-bucket/exp-1/"],
          ["Keys from a list", "sms-storage cp --from-list keys.txt s3://my-bucket/ ./some/"],
          [
            "Headers of what is there",
            "sms-storage cp -r --cache-control max-age=60 s3://my-bucket/web/ s3://my-bucket/web/",
          ],
          [
            "From another store",
            "sms-storage cp -r --source-endpoint-url https://old.example.org s3://a/x/ s3://b/x/",
          ],
          ["From a pipe", "tar czf - run1 | sms-storage cp - s3://my-bucket/run1.tar.gz"],
        ) +
          copyHelp +
          selectionHelp,
      ),
  run: async (context, args, options) => {
    const [source = "", target = "", ...others] = args;
    const [from, to] = [location(source), location(target)];
    const isStream = from.kind === "stream" || to.kind === "stream";
    if (isStream && others.length === 0) return copyStream(context, { from, to, options });
    return runCopyCommand(context, args, options, { name: "cp", move: false });
  },
};
