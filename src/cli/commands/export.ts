import { examples, type CommandDefinition } from "../command.ts";
import { calledAt } from "../setup/at-place.ts";
import { addDesiredOptions } from "../setup/desired-options.ts";

export const exportCommand: CommandDefinition = {
  name: "export",
  readsOnly: () => true,
  define: (command) =>
    addDesiredOptions(command)
      .summary("write the set-up for Terraform, CloudFormation, a script or an administrator")
      .description(
        "Looks at the bucket as `plan` does and writes what it is to become, in the words of another " +
          "tool: a Terraform configuration, a CloudFormation template, a script for bash and the AWS CLI " +
          "that reads back each step, or plain policy documents. What others have in the same documents " +
          "is kept in them. Changes nothing.",
      )
      .requiredOption("--format <format>", "terraform, cloudformation, script or policies")
      .option("--out <folder>", "write files there, none of which may exist; default: print")
      .addHelpText(
        "after",
        examples(
          ["A script to be reviewed", "sms-storage export --format script s3://my-lab-results"],
          ["For Terraform", "sms-storage export --format terraform --out infrastructure"],
          ["Policies for an administrator", "sms-storage export --format policies --out policies"],
        ),
      ),
  run: async (called, args, line) => {
    const { context, options } = calledAt(called, args, line);
    const { runExport } = await import("../export/run-export.ts");
    return runExport(context, options);
  },
};
