import { isAbsolute, join } from "node:path";
import type { DriftBaseline } from "../../setup/drift/drift-baseline.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { Drift, SetupSession } from "../../open/setup-session.ts";
import type { DesiredState } from "../../setup/desired-state.ts";
import type { DriftReport } from "../../setup/drift/find-drift.ts";
import type { RevertChoice } from "../../setup/drift/revert-wish.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { jsonText, printableLines } from "../format.ts";
import { atPlace } from "../setup/at-place.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { addDesiredOptions } from "../setup/desired-options.ts";
import { withSetupSession } from "../setup/with-setup-session.ts";

const baselineName = "sms-storage.baseline.json";

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
      .argument("[place]", "s3://BUCKET; default: the configured bucket")
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
  run: async (called, [named], line) => {
    const { place, options } = placeAmong(named, line);
    const context = atPlace(called, place);
    const given = textOption(options, "baseline") ?? baselineName;
    const file = isAbsolute(given) ? given : join(context.runtime.cwd, given);
    return withSetupSession(context, options, async (session, desired) => {
      await session.assertOwn(desired.bucket, "drift");
      const before = await readBaseline(file, given, desired.bucket);
      const seen = await session.drift(desired, before);
      const look: Look = { context, options, session, file, before, desired, seen };
      const ids = { revert: listed(options, "revert"), accept: listed(options, "accept") };
      return (await revertAsked(look, ids)) ?? (await acceptAsked(look, ids.accept));
    });
  },
};

/** An option of many words takes a place that follows it for one of them; no ID begins so. */
function placeAmong(
  named: string | undefined,
  line: OptionValues,
): { readonly place: string | undefined; readonly options: OptionValues } {
  const options = { ...line };
  const places = named === undefined ? [] : [named];
  for (const name of ["revert", "accept"]) {
    const words = listed(line, name);
    if (!words.some(isPlace)) continue;
    places.push(...words.filter(isPlace));
    const ids = words.filter((word) => !isPlace(word));
    options[name] = ids.length === 0 && name === "revert" ? true : ids;
  }
  if (places.length > 1)
    throw new UsageError(`These are ${places.length} buckets: ${places.join(", ")}.`);
  return { place: places[0], options };
}

function isPlace(word: string): boolean {
  return /^s3:/i.test(word);
}

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
  const { output, flags, envFile } = context;
  const { renderDrift } = await import("../../setup/drift/render-drift.ts");
  const { driftCall } = await import("../../setup/drift/find-drift.ts");
  const { saidWords } = await import("../setup/said-words.ts");
  const baseline = textOption(options, "baseline");
  const call = [
    output.inOwnWords(driftCall),
    ...saidWords({ flags, options, envFile }),
    ...(baseline === undefined ? [] : ["--baseline", shellWord(baseline)]),
  ];
  const text = printableLines(renderDrift(report, call.join(" ")).join("\n"));
  await output.result({ type: "drift", ...report }, text);
  return report.drifted ? exitCodes.changesPending : exitCodes.ok;
}

function listed(options: OptionValues, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
}

async function readBaseline(
  path: string,
  file: string,
  bucket: string,
): Promise<DriftBaseline | undefined> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new UsageError(`The baseline ${file} cannot be read: ${error.message}`);
  });
  if (text === undefined) return undefined;
  const { parseBaseline } = await import("../../setup/drift/drift-baseline.ts");
  return parseBaseline(text, file, bucket);
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
