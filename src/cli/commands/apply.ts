import { readFile } from "node:fs/promises";
import type { Settings } from "../../settings/settings.ts";
import { storeSettings } from "../../settings/store-settings.ts";
import type { SetupPlan } from "../../setup/plan.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { nextCall } from "../setup/next-call.ts";
import { withSession } from "../setup/with-setup-session.ts";

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
      .option("-y, --yes", "as of setup; nothing is asked in any case, for the plan was looked at")
      .addHelpText("after", examples(["Apply a reviewed plan", "sms-storage apply plan.json"])),
  run: async (context, [file = ""]) => {
    const { parsePlan } = await import("../../setup/parse-plan.ts");
    const plan = parsePlan(await readPlan(file));
    // A plan is for one bucket of one store: the plan's region is used, and settings that lead to
    // another store are refused.
    const settings = await context.settings({ region: plan.region });
    assertSamePlace(plan, settings);
    const { applyAndReport, applyExitCode } = await import("../setup/run-setup.ts");
    const owner = plan.desired.ownerAccountId;
    const envFile = plan.desired.envFile !== "unmanaged";
    return withSession(context, { settings, owner, envFile }, async (session) => {
      const result = await applyAndReport(context, session, plan);
      const text = result.succeeded ? `${plan.bucket} is set up.` : undefined;
      await context.output.result({ type: "apply", ...result }, text);
      if (result.succeeded) {
        const proof = nextCall(`verify s3://${plan.bucket}`, context);
        context.output.note(`Prove it with: ${proof}`);
      }
      return applyExitCode(result);
    });
  },
};

function assertSamePlace(plan: SetupPlan, settings: Settings): void {
  const { region, endpointUrl } = storeSettings(settings);
  const planned = `${plan.desired.endpointUrl ?? "AWS"}, region ${plan.region}`;
  const here = `${endpointUrl ?? "AWS"}, region ${region}`;
  if (planned === here) return;
  throw new UsageError(
    `The plan is for ${planned}; the settings lead to ${here}.`,
    "Correct --endpoint-url, --region or .env (sms-storage config explain), or make a new plan.",
  );
}

async function readPlan(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(
      `The plan ${file} cannot be read: ${error.message}`,
      "Make one with: sms-storage plan --out FILE",
    );
  });
}
