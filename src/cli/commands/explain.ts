import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { textOption } from "../option-values.ts";

export const explainCommand: CommandDefinition = {
  name: "explain",
  define: (command) =>
    command
      .summary("say why access is allowed or denied")
      .description("Says what a message of AccessDenied means, who can mend it, and how.")
      .option("--denied <message>", "a text of AccessDenied; -: from standard input")
      .addHelpText(
        "after",
        examples([
          "What does this message mean?",
          "sms-storage explain --denied 'User: arn:aws:iam::123456789012:user/ada is not authorized ...'",
        ]),
      ),
  readsOnly: () => true,
  run: async (context, _args, options) => {
    const denied = textOption(options, "denied");
    if (denied === undefined) throw new UsageError("Give the message with --denied.");
    const { explainDenied } = await import("../explain/explain-denied.ts");
    const { readText } = await import("../explain/read-text.ts");
    await explainDenied(context, denied === "-" ? await readText(context) : denied);
    return exitCodes.ok;
  },
};
