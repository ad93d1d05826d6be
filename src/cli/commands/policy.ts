import { examples, type CommandDefinition } from "../command.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";

const source = "s3://BUCKET, a file, or - for standard input; default: the configured bucket";

const showCommand: CommandDefinition = {
  name: "show",
  define: (command) =>
    command
      .summary("show a policy: who may do what, on what, when")
      .description("Shows the statements of a bucket policy in words.")
      .argument("[source]", source)
      .addHelpText(
        "after",
        examples(["Who may do what?", "sms-storage policy show s3://my-bucket"]),
      ),
  readsOnly: () => true,
  run: async (context, [place]) => {
    const { showPolicy } = await import("../policy/run-show.ts");
    await showPolicy(context, place);
  },
};

const lintCommand: CommandDefinition = {
  name: "lint",
  define: (command) =>
    command
      .summary("find what is wrong with a policy")
      .description(
        "Checks a bucket policy as S3 does when it is put, as AWS's ValidatePolicy does, and by the audit's " +
          "checks of policies; says line and column. Ends with 8 where S3 would refuse it or it is unsafe.",
      )
      .argument("[source]", source)
      .addHelpText("after", examples(["Before it is put", "sms-storage policy lint policy.json"])),
  readsOnly: () => true,
  run: async (context, [place]) => {
    const { runLint } = await import("../policy/run-lint.ts");
    return runLint(context, place);
  },
};

const diffCommand: CommandDefinition = {
  name: "diff",
  define: (command) =>
    command
      .summary("compare two policies by what they mean")
      .description(
        "Compares the bucket's policy with a file, or two sources. Order, repetition and spelling make no " +
          "difference. Ends with 8 where they differ.",
      )
      .argument("<source>", "a file, - or s3://BUCKET; alone: compared with its bucket's policy")
      .argument("[other]", "another one")
      .addHelpText(
        "after",
        examples(
          ["What would putting it change?", "sms-storage policy diff policy.json"],
          ["Two files", "sms-storage policy diff before.json after.json"],
        ),
      ),
  readsOnly: () => true,
  run: async (context, [one, other]) => {
    if (one === undefined) throw new UsageError("Name a policy to compare.");
    const { diffPolicyFiles } = await import("../policy/run-policy-diff.ts");
    return diffPolicyFiles(context, one, other);
  },
};

export const policyCommand: CommandDefinition = {
  name: "policy",
  define: (command) =>
    command
      .summary("show, check or compare bucket policies")
      .description("Shows, checks or compares bucket policies."),
  run: async () => exitCodes.usage,
  subcommands: [showCommand, lintCommand, diffCommand],
};
