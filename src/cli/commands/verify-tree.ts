import { examples, type CommandDefinition } from "../command.ts";
import { selectionHelp } from "../selection-options.ts";
import { treeOptions } from "../sync/tree-options.ts";

export const verifyTreeCommand: CommandDefinition = {
  name: "verify-tree",
  readsOnly: () => true,
  define: (command) =>
    treeOptions(
      command
        .summary("read two trees whole and compare every byte")
        .description(
          "Reads every file and object of both sides to its end: each object against the checksum or MD5 " +
            "that its store keeps, and both sides against each other. Believes no date, no ETag of parts and " +
            "nothing remembered. Changes nothing. Exit code 0: all are the same, 8: something is not.",
        )
        .argument("<a>", "folder or s3://BUCKET/PREFIX")
        .argument("<b>", "folder or s3://BUCKET/PREFIX"),
    ).addHelpText(
      "after",
      examples(
        ["Before the original is deleted", "sms-storage verify-tree ./exp-1 s3://my-bucket/exp-1/"],
        ["Two prefixes", "sms-storage verify-tree s3://my-bucket/a/ s3://my-bucket/b/"],
      ) + selectionHelp,
    ),
  run: async (context, args, options) => {
    const { runVerifyTree } = await import("../sync/run-verify-tree.ts");
    return runVerifyTree(context, args, options);
  },
};
