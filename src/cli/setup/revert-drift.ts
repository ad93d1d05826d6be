import { documentSettings } from "../../core/document-settings.ts";
import type { SetupSession } from "../../open/setup-session.ts";
import type { DesiredState } from "../../setup/desired-state.ts";
import type { Restoration } from "../../setup/drift/restoration.ts";
import type { RecordedOwn } from "../../setup/observed-state.ts";
import { renderChange } from "../../setup/render-change.ts";
import type { SetupPlan } from "../../setup/plan.ts";
import { renderPlan } from "../../setup/render-plan.ts";
import { confirm, type CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { printableLines } from "../format.ts";
import { flagOption, type OptionValues } from "../option-values.ts";
import { applyAndReport, applyExitCode } from "./run-setup.ts";

/** Undefined: there is no declared drift to take back. */
export interface WayBack {
  readonly wish: DesiredState | undefined;
  /** What the baseline has of the set-up's own parts. */
  readonly recorded: RecordedOwn;
  readonly restorations: readonly Restoration[];
}

/** Shows the plan that takes drift back, asks, and applies it as it was shown. Answers an exit code. */
export async function revertDrift(
  context: CommandContext,
  options: OptionValues,
  session: SetupSession,
  { wish, recorded, restorations }: WayBack,
): Promise<number> {
  const { output } = context;
  if (wish === undefined && restorations.length === 0) {
    output.note("There is no declared drift to take back.");
    return exitCodes.ok;
  }
  const plan = wish === undefined ? undefined : await session.plan(wish, { recorded });
  assertApart(plan, restorations);
  if (await showsBlocked(context, plan, restorations)) return exitCodes.checkFailed;
  const yes = { given: flagOption(options, "yes"), name: "--yes" };
  if (!(await confirm(context, "Take it back so?", yes))) {
    output.note("Nothing was changed.");
    return exitCodes.confirmationRequired;
  }
  if (plan !== undefined) {
    const result = await applyAndReport(context, session, plan);
    await output.result({ type: "apply", ...result }, undefined);
    if (!result.succeeded) return applyExitCode(result);
  }
  for (const each of restorations) {
    const kept = await session.restore(each);
    const where = kept === undefined ? "" : `; the old one is kept in ${kept}`;
    output.note(`  ${output.style("green", "✔", "stderr")} ${each.setting}: as recorded${where}`);
  }
  return exitCodes.ok;
}

/** One document cannot be put twice as it was shown. Throws UsageError. */
function assertApart(plan: SetupPlan | undefined, restorations: readonly Restoration[]): void {
  const settings = new Map<string, string>(Object.entries(documentSettings));
  const both = plan?.aspects.find(
    ({ aspect, changes }) =>
      changes.length > 0 && restorations.some(({ setting }) => setting === settings.get(aspect)),
  );
  if (both === undefined) return;
  throw new UsageError(
    `${both.title}: what was declared and what was not are of one document, and it is put whole.`,
    "Take one of the two back first, then the other.",
  );
}

/** Prints what would be done; whether something speaks against it. */
async function showsBlocked(
  { output }: CommandContext,
  plan: SetupPlan | undefined,
  restorations: readonly Restoration[],
): Promise<boolean> {
  if (plan !== undefined) {
    await output.result({ type: "plan", ...plan }, printableLines(renderPlan(plan).join("\n")));
  }
  for (const each of restorations) {
    const lines = printableLines(renderRestoration(each).join("\n"));
    await output.result({ type: "restoration", ...each }, lines);
  }
  const isBlocked = restorations.some(({ blockers }) => blockers.length > 0);
  return isBlocked || (plan?.summary.blockers ?? []).length > 0;
}

function renderRestoration({ bucket, setting, changes, blockers }: Restoration): string[] {
  return [
    `~ ${setting} of ${bucket}: back to what the baseline has`,
    ...changes.flatMap(renderChange),
    ...blockers.map(({ message, remedy }) => `!   ${message} ${remedy}`),
  ];
}
