import type { VerifyReport } from "../../setup/verify.ts";
import { countOf } from "../../core/count-of.ts";
import type { DesiredState } from "../../setup/desired-state.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { OptionValues } from "../option-values.ts";
import { calledAt } from "../setup/at-place.ts";
import { addDesiredOptions } from "../setup/desired-options.ts";
import { baselineName, readBaselineIfAny } from "../setup/read-baseline.ts";
import { nextCall } from "../setup/next-call.ts";
import { withSetupSession } from "../setup/with-setup-session.ts";

/**
 * Where no access was asked for, no access statement is missing: the probes show what the caller
 * may do.
 */
function asItIs(desired: DesiredState): DesiredState {
  if (typeof desired.policy === "string") return desired;
  return { ...desired, policy: { ...desired.policy, accessIfUnset: "none" } };
}

/** After a proof that failed: what is not there is made, what differs is looked at, what is refused is examined. */
function nextStep(
  context: CommandContext,
  options: OptionValues,
  { bucket, isThere, checks }: VerifyReport,
): string {
  const place = `s3://${bucket}`;
  const setup = nextCall(`setup ${place}`, context, options);
  if (!isThere) {
    return `make it with ${setup}, or correct the name: ${nextCall("ls s3://", context)} lists those that there are`;
  }
  const isProbe = checks.some(({ kind, status }) => kind === "probe" && status === "failed");
  return isProbe
    ? `find out why with ${nextCall(`doctor ${place}`, context)}`
    : `see what differs with ${nextCall(`plan ${place}`, context, options)}; ${setup} puts it right`;
}

export const verifyCommand: CommandDefinition = {
  name: "verify",
  define: (command) =>
    addDesiredOptions(command)
      .summary("prove that a bucket is set up and usable")
      .description(
        "Reads every setting back, then writes, reads, lists and deletes files under the prefix of " +
          "test files, small and in parts, and leaves nothing behind. Each check names the permissions " +
          "it proves or finds missing. What the wish does not say is compared with the baseline of `drift`, " +
          "and named where there is none. Ends with 8 when one fails.",
      )
      .option("--baseline <file>", `what was recorded; default: ${baselineName}`)
      .addHelpText(
        "after",
        examples(
          ["The configured bucket", "sms-storage verify"],
          ["Another one", "sms-storage verify s3://my-bucket"],
        ),
      ),
  run: async (called, args, line) => {
    const { context, options } = calledAt(called, args, line);
    const { verdict, verifyAndReport } = await import("../setup/run-setup.ts");
    return withSetupSession(context, options, async (session, wished) => {
      const desired = asItIs(wished);
      const baseline = await readBaselineIfAny(context, options, desired.bucket);
      const report = await verifyAndReport(context, session, desired, { patient: false, baseline });
      const failed = report.checks.filter(({ status }) => status === "failed").length;
      await context.output.result({ type: "verify", ...report }, verdict(context, report));
      const { unstatedLines } = await import("../../setup/drift/unstated-names.ts");
      const { driftCallOf } = await import("../setup/drift-call.ts");
      for (const said of unstatedLines(report.unstated, driftCallOf(context, options))) {
        context.output.note(said);
      }
      if (!report.passed) {
        context.output.note(`${failed} of ${countOf(report.checks.length, "check")} failed.`);
        context.output.note(`  next: ${nextStep(context, options, report)}`);
      }
      return report.passed ? exitCodes.ok : exitCodes.checkFailed;
    });
  },
};
