import type { SetupSession } from "../../open/setup-session.ts";
import type { ApplyResult, StepResult } from "../../setup/apply.ts";
import type { DriftBaseline } from "../../setup/drift/drift-baseline.ts";
import type { DesiredState } from "../../setup/desired-state.ts";
import type { SetupPlan } from "../../setup/plan.ts";
import type { Check, VerifyReport } from "../../setup/verify.ts";
import type { CommandContext } from "../context.ts";
import { exitCodeFor, exitCodes } from "../exit-codes.ts";
import { printableLines } from "../format.ts";
import type { Output } from "../output.ts";

/** Applies a plan, a line a step. */
export async function applyAndReport(
  { output }: CommandContext,
  session: SetupSession,
  plan: SetupPlan,
): Promise<ApplyResult> {
  return session.apply(plan, (event) => {
    if (event.type === "step-started") output.progress(`  ... ${event.title}`);
    else if (event.step.outcome !== "unmanaged") output.note(stepLine(output, event.step));
  });
}

/** Verifies, a line a check. */
export async function verifyAndReport(
  { output }: CommandContext,
  session: SetupSession,
  desired: DesiredState,
  options: { readonly patient: boolean; readonly baseline?: DriftBaseline | undefined },
): Promise<VerifyReport> {
  return session.verify(desired, {
    ...options,
    onCheck: (check) => {
      if (check.status !== "unmanaged") output.note(checkLine(output, check));
    },
  });
}

/** The end of a proof. What failed stands in it where no line a check was printed. */
export function verdict({ output }: CommandContext, report: VerifyReport): string | undefined {
  if (report.passed) return `${report.bucket} is set up and usable.`;
  if (output.talks) return undefined;
  const failed = report.checks.filter(({ status }) => status === "failed");
  return failed.map((check) => checkLine(output, check)).join("\n");
}

/** The exit code of an apply, from its first failure. */
export function applyExitCode(result: ApplyResult): number {
  if (result.succeeded) return exitCodes.ok;
  const failed = result.steps.find(({ outcome }) => outcome === "failed");
  return failed?.error === undefined ? exitCodes.unexpected : exitCodeFor(failed.error);
}

function stepLine(output: Output, step: StepResult): string {
  const marks: Partial<Record<StepResult["outcome"], string>> = {
    applied: output.style("green", "✔", "stderr"),
    already: "=",
    same: "=",
    unmanaged: "=",
    failed: output.style("red", "✘", "stderr"),
  };
  const mark = marks[step.outcome] ?? output.style("yellow", "!", "stderr");
  const backup = step.backup === undefined ? "" : `\n      the old one is kept in ${step.backup}`;
  const remedy =
    step.error?.remedy === undefined ? "" : `\n      next: ${printableLines(step.error.remedy)}`;
  return `  ${mark} ${step.title}: ${printableLines(step.detail)}${backup}${remedy}`;
}

function checkLine(output: Output, check: Check): string {
  const marks: Record<Check["status"], string> = {
    passed: output.style("green", "✔", "stderr"),
    failed: output.style("red", "✘", "stderr"),
    "not-supported": output.style("yellow", "!", "stderr"),
    "not-reached": output.style("yellow", "-", "stderr"),
    skipped: output.style("yellow", "!", "stderr"),
    unmanaged: "=",
  };
  const proves = check.proves.length === 0 ? "" : ` (${check.proves.join(", ")})`;
  const remedy =
    check.error?.remedy === undefined ? "" : `\n      next: ${printableLines(check.error.remedy)}`;
  return `  ${marks[check.status]} ${check.title}: ${printableLines(check.detail)}${proves}${remedy}`;
}
