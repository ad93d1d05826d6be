import { examples, type CommandDefinition } from "../command.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { SetupPlan } from "../../setup/plan.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { jsonText, printableLines } from "../format.ts";
import { flagOption, textOption } from "../option-values.ts";
import { calledAt } from "../setup/at-place.ts";
import { addDesiredOptions } from "../setup/desired-options.ts";
import { nextCall } from "../setup/next-call.ts";
import { originLines } from "../setup/value-origins.ts";
import { baselineName } from "../setup/read-baseline.ts";
import { refuseBadName } from "../setup/refuse-bad-name.ts";
import { rememberedFor } from "../setup/remembered-for.ts";
import { withSetupSession } from "../setup/with-setup-session.ts";

export const planCommand: CommandDefinition = {
  name: "plan",
  define: (command) =>
    addDesiredOptions(command)
      .summary("show what set-up would change on a bucket")
      .description(
        "Looks at the bucket and shows what has to change for it to be done right. Changes nothing. " +
          "A saved plan can be applied exactly as it was shown. What the baseline of `drift` has and the " +
          "bucket has no more is named.",
      )
      .option("--out <file>", "save the plan for `apply`")
      .option("--baseline <file>", `what was recorded; default: ${baselineName}`)
      .option("--detailed-exitcode", "end with 10 when there are changes")
      .option("--allow-lock-out", "let a policy shut out the caller")
      .addHelpText(
        "after",
        examples(
          ["What would be done", "sms-storage plan s3://my-lab-results --region us-west-2"],
          ["Save it for review", "sms-storage plan --out plan.json"],
          ["Apply exactly that", "sms-storage apply plan.json"],
        ),
      ),
  run: async (called, args, line) => {
    const { context, options } = calledAt(called, args, line);
    const { renderPlan } = await import("../../setup/render-plan.ts");
    return withSetupSession(context, options, async (session, desired, origins) => {
      const allowLockOut = flagOption(options, "allowLockOut");
      const remembered = await rememberedFor(context, options, desired.bucket);
      const plan = await session.plan(desired, { allowLockOut, ...remembered });
      refuseBadName(plan);
      for (const origin of originLines(origins)) context.output.note(origin);
      const out = textOption(options, "out");
      if (out !== undefined) {
        await savePlan(out, plan);
        const call = nextCall(`apply ${shellWord(out)}`, context);
        context.output.note(`Saved in ${out}; apply it with: ${call}`);
      }
      await context.output.result(
        { type: "plan", ...plan, origins },
        printableLines(renderPlan(plan).join("\n")),
      );
      if (plan.summary.blockers.length > 0) return exitCodes.checkFailed;
      if (!plan.summary.upToDate && out === undefined) {
        context.output.note(
          "Nothing was changed. sms-storage setup with the same options applies it; --out FILE saves it.",
        );
      }
      const pending = !plan.summary.upToDate && flagOption(options, "detailedExitcode");
      return pending ? exitCodes.changesPending : exitCodes.ok;
    });
  },
};

async function savePlan(file: string, plan: SetupPlan): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  const text = `${jsonText(plan, 2)}\n`;
  await writeFile(file, text, { mode: 0o600 }).catch((error: Error) => {
    throw new UsageError(`The plan cannot be saved: ${error.message}`, "Give --out another file.");
  });
}
