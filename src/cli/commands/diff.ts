import { examples, type CommandDefinition } from "../command.ts";
import { keepMemoryFlat } from "../keep-memory-flat.ts";
import { selectionHelp } from "../selection-options.ts";
import { comparisonOptions } from "../sync/tree-options.ts";

export const diffCommand: CommandDefinition = {
  name: "diff",
  readsOnly: () => true,
  define: (command) =>
    comparisonOptions(
      command
        .summary("compare a folder or prefix with another one")
        .description(
          "Shows what sync would see: what only one side has, and what differs, in the order of paths. " +
            "Compares as sync does and changes nothing. Exit code 0: no difference, 8: differences.",
        )
        .argument("<a>", "folder or s3://BUCKET/PREFIX")
        .argument("<b>", "folder or s3://BUCKET/PREFIX")
        .option("--all", "show what is the same, too"),
    ).addHelpText(
      "after",
      examples(
        ["Is everything uploaded?", "sms-storage diff ./exp-1 s3://my-bucket/exp-1/"],
        ["Two prefixes", "sms-storage diff s3://my-bucket/a/ s3://my-bucket/b/"],
      ) + selectionHelp,
    ),
  run: async (context, args, options) => {
    keepMemoryFlat();
    const { runDiff } = await import("../sync/run-diff.ts");
    return runDiff(context, args, options);
  },
};
