import { isAbsolute, join } from "node:path";
import type { DriftBaseline } from "../../setup/drift/drift-baseline.ts";
import type { DriftReport } from "../../setup/drift/find-drift.ts";
import { examples, type CommandDefinition } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { jsonText, printableLines } from "../format.ts";
import { flagOption, textOption } from "../option-values.ts";
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
      .option("--baseline <file>", `what was recorded; default: ${baselineName}`)
      .option("--record", "record what nobody declared, as it is now")
      .option(
        "--accept <id...>",
        "findings that may stay: in the file of the wish, else the baseline",
      )
      .option(
        "--revert [id...]",
        "take declared drift back: all, or these; shows the plan and asks",
      )
      .option("-y, --yes", "with --revert: apply without asking")
      .addHelpText(
        "after",
        examples(
          ["Once, when all is well", "sms-storage drift --record"],
          ["Any time later, as in CI", "sms-storage drift"],
          ["Let one stay", 'sms-storage drift --accept "undeclared:Statement Partner"'],
          ["Take declared drift back", "sms-storage drift --revert"],
        ),
      ),
  run: async (context, _args, options) => {
    const { acceptDrift, recordBaseline } = await import("../../setup/drift/record-drift.ts");
    const given = textOption(options, "baseline") ?? baselineName;
    const file = isAbsolute(given) ? given : join(context.runtime.cwd, given);
    const accept = options["accept"];
    return withSetupSession(context, options, async (session, wished) => {
      let desired = wished;
      const before = await readBaseline(file, given, desired.bucket);
      const now = new Date().toISOString();
      let seen = await session.drift(desired, before);
      let { report } = seen;
      if (options["revert"] !== undefined) {
        const { revertDrift } = await import("../setup/revert-drift.ts");
        const code = await revertDrift(context, options, { session, desired, report });
        if (code !== exitCodes.ok) return code;
        seen = await session.drift(desired, before);
        ({ report } = seen);
      }
      if (Array.isArray(accept) || flagOption(options, "record")) {
        const { acceptInFile } = await import("../setup/accept-in-file.ts");
        const all = Array.isArray(accept) ? accept.map(String) : [];
        const filed = await acceptInFile(context, options, { desired, report, ids: all });
        ({ desired } = filed);
        if (filed.ids.length < all.length) seen = await session.drift(desired, before);
        ({ report } = seen);
        const { ids } = filed;
        if (ids.length === 0 && !flagOption(options, "record")) return printed(context, report);
        let baseline = acceptDrift(report, ids, before, now);
        // Without a baseline all the rest would be drift from now on.
        if (flagOption(options, "record") || before === undefined) {
          baseline = recordBaseline(report, seen.undeclared, baseline, now);
        }
        await writeBaseline(context, file, baseline);
        ({ report } = await session.drift(desired, baseline));
      }
      return printed(context, report);
    });
  },
};

async function printed({ output }: CommandContext, report: DriftReport): Promise<number> {
  const { renderDrift } = await import("../../setup/drift/render-drift.ts");
  const text = printableLines(renderDrift(report).join("\n"));
  await output.result({ type: "drift", ...report }, text);
  return report.drifted ? exitCodes.changesPending : exitCodes.ok;
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
