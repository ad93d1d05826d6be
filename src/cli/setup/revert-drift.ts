import type { SetupSession } from "../../open/setup-session.ts";
import type { DesiredState } from "../../setup/desired-state.ts";
import { renderPlan } from "../../setup/render-plan.ts";
import { confirm, type CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { printableLines } from "../format.ts";
import { flagOption, type OptionValues } from "../option-values.ts";
import { applyAndReport, applyExitCode } from "./run-setup.ts";

/** Shows the plan of a wish that takes drift back, asks, and applies it as it was shown. Answers an exit code. */
export async function revertDrift(
  context: CommandContext,
  options: OptionValues,
  session: SetupSession,
  wish: DesiredState | undefined,
): Promise<number> {
  const { output } = context;
  if (wish === undefined) {
    output.note("There is no declared drift to take back.");
    return exitCodes.ok;
  }
  const plan = await session.plan(wish);
  await output.result({ type: "plan", ...plan }, printableLines(renderPlan(plan).join("\n")));
  if (plan.summary.blockers.length > 0) return exitCodes.checkFailed;
  const yes = { given: flagOption(options, "yes"), name: "--yes" };
  if (!(await confirm(context, "Take it back so?", yes))) {
    output.note("Nothing was changed.");
    return exitCodes.confirmationRequired;
  }
  const result = await applyAndReport(context, session, plan);
  await output.result({ type: "apply", ...result }, undefined);
  return applyExitCode(result);
}
