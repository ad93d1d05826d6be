import { examples, type CommandDefinition } from "../command.ts";
import { requireBucket } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { calledAt } from "../setup/at-place.ts";

export const auditCommand: CommandDefinition = {
  name: "audit",
  define: (command) =>
    command
      .summary("check a bucket against the security practices")
      .description(
        "Reads the bucket's settings, the account's and those of this machine, and changes nothing. " +
          "Each check passes, fails with what to do, or is not known where the caller may not look. " +
          "Ends with 8 when one fails, and with other codes when the bucket could not be looked at.",
      )
      .argument("[bucket]", "s3://BUCKET; default: the configured bucket")
      .option("--all", "show what passes and what does not apply, too")
      .option("--fail-on <severity>", "least severity that ends with 8", "low")
      .option("--baseline <file>", "an earlier audit's JSON: only new failures end with 8")
      .option("--mute <id=reason>", "live with a failure; may be given often", collect, [])
      .option("--mutes <file>", "JSON list of { id, reason, until }")
      .option("--trusted-account <id>", "an account the policy may name; often", collect, [])
      .option("--expect-kms", "keys of KMS are meant")
      .option("--test-prefix <prefix>", "where test files lie", "test/")
      .option("--test-days <days>", "after how many days they are deleted", "7")
      .option("--save <file>", "write the audit as JSON, for --baseline")
      .option("--sarif <file>", "write failures as SARIF")
      .option("--junit <file>", "write JUnit XML")
      .option("--html <file>", "write a page")
      .addHelpText(
        "after",
        examples(
          ["The configured bucket", "sms-storage audit"],
          ["Another one", "sms-storage audit s3://my-bucket"],
          ["A page to send on", "sms-storage audit --html audit.html"],
          ["In CI", "sms-storage audit --baseline audit.json --sarif audit.sarif"],
        ),
      ),
  readsOnly: () => true,
  run: async (called, args, line) => {
    const { context, options } = calledAt(called, args, line);
    const { readAuditWish } = await import("../audit/read-audit-wish.ts");
    const { runAudit } = await import("../audit/run-audit.ts");
    // Whatever is wrong with the wish is said before the store is asked.
    const settings = await context.settings();
    const wish = await readAuditWish(options, requireBucket(settings));
    const failed = await runAudit(context, settings, wish);
    return failed ? exitCodes.checkFailed : exitCodes.ok;
  },
};

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
