import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { textOption } from "../option-values.ts";
import { ownerOption } from "../owner-option.ts";

export const explainCommand: CommandDefinition = {
  name: "explain",
  define: (command) =>
    command
      .summary("say why access is allowed or denied")
      .description(
        "Reads the policies that have a say (of the bucket, of the role or user with its boundary, of the " +
          "key, the public access block), judges them as AWS does, and says what decided, what came " +
          "nearest and the smallest change that allows it. What cannot be read is named, and never taken " +
          "for absent. Ends with 0 when it is allowed, 5 when it is denied, 11 when that is not known and 3 when the bucket or " +
          "who is named does not exist; with " +
          "--denied nothing is judged: 0 once the message is understood, 2 when it is none of AccessDenied.",
      )
      .argument("[place]", "s3://BUCKET/KEY, or a key of the configured bucket; it need not exist")
      .option("--action <action>", "such as s3:PutObject, or an operation such as HeadObject")
      .option("--as <who>", "role, user/NAME, ARN, account or anonymous; default: the caller")
      .option("--context <key=value>", "a condition key of the request; often", collect, [])
      .option("--session-policy <file>", "handed over when the session was made")
      .option("--owner <account>", "whose the bucket is; default: the caller's account")
      .option("--denied <message>", "say what a text of AccessDenied means; -: from standard input")
      .addHelpText(
        "after",
        examples(
          ["May I write there?", "sms-storage explain --action s3:PutObject s3://my-bucket/a"],
          [
            "May another role, from that address?",
            "sms-storage explain --as Scientist --action s3:GetObject --context aws:SourceIp=203.0.113.7 s3://my-bucket/a",
          ],
          [
            "What does this message mean?",
            "sms-storage explain --denied 'User: arn:aws:iam::123456789012:user/ada is not authorized ...'",
          ],
        ),
      ),
  readsOnly: () => true,
  run: async (context, [place], options) => {
    const denied = textOption(options, "denied");
    if (denied !== undefined) {
      const { explainDenied } = await import("../explain/explain-denied.ts");
      const { readText } = await import("../explain/read-text.ts");
      await explainDenied(context, denied === "-" ? await readText(context) : denied);
      return exitCodes.ok;
    }
    const { readAccessWish } = await import("../explain/read-access-wish.ts");
    const { explainRequest } = await import("../explain/explain-request.ts");
    const settings = await context.settings();
    const wish = await readAccessWish(place, options, settings);
    return explainRequest(context, settings, wish, ownerOption(options));
  },
};

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
