import type { DesiredState } from "../../setup/desired-state.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { confirm, type CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { printableLines } from "../format.ts";
import { flagOption, type OptionValues } from "../option-values.ts";
import { calledAt } from "../setup/at-place.ts";
import { addDesiredOptions } from "../setup/desired-options.ts";
import type { SetupSession } from "../../open/setup-session.ts";
import type { NamedDesiredFile } from "../setup/read-desired-file.ts";
import { nextCall } from "../setup/next-call.ts";
import { originLines, type ValueOrigin } from "../setup/value-origins.ts";
import { baselineName } from "../setup/read-baseline.ts";
import { refuseBadName } from "../setup/refuse-bad-name.ts";
import { rememberedFor } from "../setup/remembered-for.ts";
import { withSetupSession } from "../setup/with-setup-session.ts";

export const setupCommand: CommandDefinition = {
  name: "setup",
  define: (command) =>
    addDesiredOptions(command)
      .summary("set a bucket up: plan, apply, verify")
      .description(
        "Shows the plan, asks, applies it and proves the result with a round trip. Can be run again at " +
          "any time: what is in place stays, what others put there stays.",
      )
      .option("-y, --yes", "apply without asking")
      .option("--baseline <file>", `what was recorded; default: ${baselineName}`)
      .option("--wizard", "ask what it shall be; so, too, where nothing names a bucket")
      .option("--allow-lock-out", "let a policy shut out the caller")
      .addHelpText(
        "after",
        examples(
          [
            "A bucket for your SSO role",
            "sms-storage setup s3://my-lab-results --region us-gov-west-1 --profile lab",
          ],
          ["Asked one thing after the other", "sms-storage setup --wizard"],
          ["For other roles, in a script", "sms-storage setup --yes --principal ROLE_ARN"],
        ),
      ),
  run: async (called, args, line) => {
    const { context, options } = calledAt(called, args, line);
    const { readDesiredFile } = await import("../setup/read-desired-file.ts");
    const { wantsWizard } = await import("../wizard/run-wizard.ts");
    const filed = await readDesiredFile(context, options);
    if (await wantsWizard(context, options, filed !== undefined)) {
      return setUpByWizard(context, options, filed);
    }
    const agree = (question: string) =>
      confirm(context, question, { given: flagOption(options, "yes"), name: "--yes" });
    return withSetupSession(context, options, (session, desired, origins) =>
      setUp(context, session, { desired, origins, options, agree }),
    );
  },
};

async function setUpByWizard(
  context: CommandContext,
  given: OptionValues,
  filed: NamedDesiredFile | undefined,
): Promise<number> {
  const { runWizard } = await import("../wizard/run-wizard.ts");
  const { context: answered, options, agree, keep, close } = await runWizard(context, given, filed);
  try {
    return await withSetupSession(answered, options, (session, desired, origins) =>
      setUp(answered, session, {
        desired,
        // What was answered was no flag.
        origins: origins.filter(({ source }) => !source.startsWith("flag ")),
        options,
        agree,
        keep,
      }),
    );
  } finally {
    close();
  }
}

interface Wish {
  readonly desired: DesiredState;
  readonly origins: readonly ValueOrigin[];
  readonly options: OptionValues;
  readonly agree: (question: string) => Promise<boolean>;
  /** Called where there is nothing to agree on. */
  readonly keep?: () => Promise<void>;
}

async function setUp(
  context: CommandContext,
  session: SetupSession,
  { desired, origins, options, agree, keep }: Wish,
): Promise<number> {
  const { applyAndReport, applyExitCode, verdict, verifyAndReport } =
    await import("../setup/run-setup.ts");
  const { renderPlan } = await import("../../setup/render-plan.ts");
  const { output } = context;
  const remembered = await rememberedFor(context, options, desired.bucket);
  const allowLockOut = flagOption(options, "allowLockOut");
  const plan = await session.plan(desired, { allowLockOut, ...remembered });
  context.runtime.signal.throwIfAborted();
  refuseBadName(plan);
  for (const line of originLines(origins)) output.note(line);
  const blocked = plan.summary.blockers.length > 0;
  await output.result(
    { type: "plan", ...plan, origins },
    printableLines(renderPlan(plan).join("\n")),
  );
  if (blocked) return exitCodes.checkFailed;
  if (plan.summary.upToDate) {
    await keep?.();
  } else {
    if (!(await agree("Apply this plan?"))) {
      output.note("Nothing was changed.");
      return exitCodes.confirmationRequired;
    }
    output.note("Applying:");
    const result = await applyAndReport(context, session, plan);
    await output.result({ type: "apply", ...result }, undefined);
    if (!result.succeeded) return applyExitCode(result);
  }
  output.note("Verifying:");
  const report = await verifyAndReport(context, session, desired, {
    patient: !plan.summary.upToDate,
  });
  await output.result({ type: "verify", ...report }, verdict(context, report));
  if (report.passed) {
    output.note(`Try it with: ${nextCall(`cp FILE s3://${desired.bucket}/KEY`, context)}`);
  }
  return report.passed ? exitCodes.ok : exitCodes.checkFailed;
}
