import { readFile } from "node:fs/promises";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";

export const applyCommand: CommandDefinition = {
  name: "apply",
  define: (command) =>
    command
      .summary("apply a saved plan")
      .description(
        "Does exactly what a saved plan says, step by step, each read back. It is refused when the " +
          "bucket changed since the plan was made. Run again after a failure, it goes on where it stopped.",
      )
      .argument("<plan>", "file written by `plan --out`")
      .addHelpText("after", examples(["Apply a reviewed plan", "sms-storage apply plan.json"])),
  run: async (context, [file = ""]) => {
    const { parsePlan } = await import("../../setup/parse-plan.ts");
    const plan = parsePlan(await readPlan(file));
    const settings = await context.settings();
    const { openSetupSession } = await import("../setup/setup-session.ts");
    const { applyAndReport, applyExitCode } = await import("../setup/run-setup.ts");
    const session = await openSetupSession(context, {
      settings,
      owner: plan.desired.ownerAccountId,
      envFile: plan.desired.envFile !== "unmanaged",
    });
    try {
      const result = await applyAndReport(context, session, plan);
      const text = result.succeeded ? `${plan.bucket} is set up.` : undefined;
      await context.output.result(result, text);
      return applyExitCode(result);
    } finally {
      session.close();
    }
  },
};

async function readPlan(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(
      `The plan ${file} cannot be read: ${error.message}`,
      "Make one with: sms-storage plan --out FILE",
    );
  });
}
