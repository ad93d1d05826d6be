import type { DriftBaseline } from "../../setup/drift/drift-baseline.ts";
import type { Drift, SetupSession } from "../../open/setup-session.ts";
import type { DesiredState } from "../../setup/desired-state.ts";
import type { DriftReport } from "../../setup/drift/find-drift.ts";
import type { RevertChoice } from "../../setup/drift/revert-wish.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { jsonText, printableLines } from "../format.ts";
import { calledAt } from "../setup/at-place.ts";
import { flagOption, type OptionValues } from "../option-values.ts";
import { addDesiredOptions } from "../setup/desired-options.ts";
import { baselineName, namedBaseline, readBaseline } from "../setup/read-baseline.ts";
import { withSetupSession } from "../setup/with-setup-session.ts";

export const driftCommand: CommandDefinition = {
  name: "drift",
  define: (command) =>
    addDesiredOptions(command)
      .summary("show what on a bucket is not as declared or as recorded")
      .description(
        "Declared drift: settings that are not as wished. Undeclared drift: what nobody declared, " +
          "such as statements and rules of others, CORS and tags, and is not as the baseline has it. " +
          "Potential drift: what cannot be seen; it fails nothing. Without --revert nothing is changed on the bucket. " +
          "Ends with 10 when there is drift that nobody accepted.",
      )
      .option("--baseline <file>", `what was recorded; default: ${baselineName}`)
      .option("--record", "record what nobody declared, and what the set-up put, as it is now")
      .option(
        "--accept <id...>",
        "findings that may stay: in the file of the wish, else the baseline",
      )
      .option(
        "--revert [id...]",
        "take declared drift back: all, or these, also undeclared ones; shows the plan and asks",
      )
      .option(
        "--defaults",
        "with --revert: the set-up's default where no wish and no baseline says what it was",
      )
      .option("-y, --yes", "with --revert: apply without asking")
      .addHelpText(
        "after",
        examples(
          ["Once, when all is well", "sms-storage drift --record"],
          ["Any time later, as in CI", "sms-storage drift"],
          ["Another bucket", "sms-storage drift s3://my-bucket"],
          ["Let one stay", 'sms-storage drift --accept "undeclared:Statement Partner"'],
          ["Take declared drift back", "sms-storage drift --revert"],
          ["Put back what the baseline has", "sms-storage drift --revert undeclared:tags"],
        ),
      ),
  run: async (called, args, line) => {
    const { context, options } = calledAt(called, args, line, ["revert"]);
    const baseline = namedBaseline(context, options);
    const mayBeMade = flagOption(options, "record") || listed(options, "accept").length > 0;
    return withSetupSession(context, options, async (session, desired) => {
      await session.assertOwn(desired.bucket, "drift");
      const before = await readBaseline(baseline, desired.bucket, { mayBeMade });
      const seen = await session.drift(desired, before);
      const look: Look = { context, options, session, file: baseline.path, before, desired, seen };
      const ids = {
        revert: listed(options, "revert"),
        accept: listed(options, "accept"),
        defaults: flagOption(options, "defaults"),
      };
      return (await revertAsked(look, ids)) ?? (await acceptAsked(look, ids.accept));
    });
  },
};

interface Look {
  readonly context: CommandContext;
  readonly options: OptionValues;
  readonly session: SetupSession;
  /** Of the baseline. */
  readonly file: string;
  readonly before: DriftBaseline | undefined;
  readonly desired: DesiredState;
  readonly seen: Drift;
}

/** Every id is looked up before anything is written. Answers an exit code where it ends with that. */
async function revertAsked(
  { context, options, session, before, desired, seen }: Look,
  ids: RevertChoice,
): Promise<number | undefined> {
  const { acceptableDrift } = await import("../../setup/drift/record-drift.ts");
  const { revertWish, undeclaredAmong } = await import("../../setup/drift/revert-wish.ts");
  const { planRestorations } = await import("../../setup/drift/restoration.ts");
  acceptableDrift(seen.report, ids.accept);
  if (options["revert"] === undefined) return undefined;
  const undeclared = undeclaredAmong(seen.report, ids);
  const ofOthers = new Set(undeclared.map(({ id }) => id));
  const revert = ids.revert.filter((id) => !ofOthers.has(id));
  // Without an id all declared drift is meant, and only then.
  const isOfOthersAlone = undeclared.length > 0 && revert.length === 0;
  const wish = isOfOthersAlone ? undefined : revertWish(desired, seen.report, { ...ids, revert });
  const restorations = planRestorations(undeclared, seen.seen);
  const { recordedOwn } = await import("../../setup/drift/recorded-own.ts");
  const recorded = recordedOwn(before);
  const { revertDrift } = await import("../setup/revert-drift.ts");
  const code = await revertDrift(context, options, session, { wish, recorded, restorations });
  return code === exitCodes.ok ? undefined : code;
}

async function acceptAsked(look: Look, accept: readonly string[]): Promise<number> {
  const { context, options, session, file, before } = look;
  let { desired } = look;
  let { report, undeclared } =
    options["revert"] === undefined ? look.seen : await session.drift(desired, before);
  const records = flagOption(options, "record");
  if (accept.length > 0 || records) {
    const { acceptDrift, recordBaseline } = await import("../../setup/drift/record-drift.ts");
    const { acceptInFile } = await import("../setup/accept-in-file.ts");
    const filed = await acceptInFile(context, options, { desired, report, ids: accept });
    ({ desired } = filed);
    if (filed.ids.length < accept.length) {
      ({ report, undeclared } = await session.drift(desired, before));
    }
    if (filed.ids.length === 0 && !records) return printed(look, report);
    const now = new Date().toISOString();
    let baseline = acceptDrift(report, filed.ids, before, now);
    // Without a baseline all the rest would be drift from now on.
    if (records || before === undefined) {
      baseline = recordBaseline(report, undeclared, baseline, now);
    }
    await writeBaseline(context, file, baseline);
    ({ report } = await session.drift(desired, baseline));
  }
  return printed(look, report);
}

async function printed({ context, options }: Look, report: DriftReport): Promise<number> {
  const { renderDrift } = await import("../../setup/drift/render-drift.ts");
  const { driftCallOf } = await import("../setup/drift-call.ts");
  const text = printableLines(renderDrift(report, driftCallOf(context, options)).join("\n"));
  await context.output.result({ type: "drift", ...report }, text);
  return report.drifted ? exitCodes.changesPending : exitCodes.ok;
}

function listed(options: OptionValues, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
}

async function writeBaseline(
  { output }: CommandContext,
  file: string,
  baseline: DriftBaseline,
): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(file, `${jsonText(baseline, 2)}\n`).catch((error: Error) => {
    throw new UsageError(`The baseline cannot be written: ${error.message}`);
  });
  output.note(`Recorded in ${file}; keep it beside the code.`);
}
