import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { textOption } from "../option-values.ts";

export const doctorCommand: CommandDefinition = {
  name: "doctor",
  define: (command) =>
    command
      .summary("find out why access fails, and what cures it")
      .description(
        "Looks at one layer after the other: network, TLS, clock, settings, credentials, identity, bucket, " +
          "its settings, small and large objects, encryption, policy. Stops at the first that is broken and " +
          "names the cause, the evidence and the remedy. Writes some test objects and deletes them again; " +
          "changes nothing else without --fix. Ends with 8 when something is broken.",
      )
      .argument("[place]", "s3://BUCKET; default: the configured bucket")
      .option("--fix", "mend what is safe, after showing it and asking")
      .option("--yes", "mend without asking")
      .option("--bundle <file>", "write a report without secrets, to send to an administrator")
      .option("--hide-accounts", "leave account ids out of the report")
      .option("--expect-account <id>", "the account that should be asking")
      .option(
        "--owner <account>",
        "whose the bucket has to be; default: as sms-storage.yaml or --expect-account says",
      )
      .option("--prefix <prefix>", "where test objects go", "test/")
      .option("--error <text>", "say what stands behind an error; -: from standard input")
      .option(
        "--explain <id>",
        "print the page of a finding, such as D07 or POL-6; all: their list",
      )
      .addHelpText(
        "after",
        examples(
          ["The configured bucket", "sms-storage doctor"],
          ["Another one, mending what is safe", "sms-storage doctor s3://my-bucket --fix"],
          [
            "What does this error mean?",
            "sms-storage doctor --error 'An error occurred (NoSuchBucket) when calling ...'",
          ],
        ),
      ),
  run: async (context, [place], options) => {
    const explained = textOption(options, "explain");
    const error = textOption(options, "error");
    if (explained !== undefined && error !== undefined) {
      throw new UsageError("--explain and --error do not go together.");
    }
    if (explained !== undefined) {
      const { explainCause } = await import("../doctor/explain-cause.ts");
      return explainCause(context, explained);
    }
    if (error !== undefined) {
      const { explainError } = await import("../doctor/explain-cause.ts");
      const { readText } = await import("../explain/read-text.ts");
      const text = error === "-" ? await readText(context) : error;
      if (text.trim() === "") {
        throw new UsageError(
          "--error has no text.",
          "Paste the error as the tool printed it, or its code alone: --error NoSuchBucket",
        );
      }
      return explainError(context, text);
    }
    const { readDoctorWish } = await import("../doctor/read-doctor-wish.ts");
    const { runDoctor } = await import("../doctor/run-doctor.ts");
    return runDoctor(context, readDoctorWish(place, options, context.flags.bucket));
  },
};
