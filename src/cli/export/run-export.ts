import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeFolder } from "../../disk/make-folder.ts";
import { isAws } from "../../setup/desired-state.ts";
import { exportCloudFormation } from "../../setup/export/export-cloudformation.ts";
import { exportPolicies } from "../../setup/export/export-policies.ts";
import { exportScript } from "../../setup/export/export-script.ts";
import { exportTerraform } from "../../setup/export/export-terraform.ts";
import { type ExportedSetup, exportedSetup } from "../../setup/export/exported-setup.ts";
import type { SetupPlan } from "../../setup/plan.ts";
import { localFileError } from "../../transfer/local/local-file-error.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { jsonText, printable } from "../format.ts";
import { type OptionValues, textOption } from "../option-values.ts";
import { withSetupSession } from "../setup/with-setup-session.ts";

/** Files of a format, by their names. */
type Exporter = (setup: ExportedSetup) => Readonly<Record<string, string>>;

const exporters: Readonly<Record<string, Exporter>> = {
  terraform: (setup) => ({ "main.tf": exportTerraform(setup) }),
  cloudformation: (setup) => ({ "template.yaml": exportCloudFormation(setup) }),
  script: (setup) => ({ "set-up.sh": exportScript(setup) }),
  policies: (setup) =>
    Object.fromEntries(
      Object.entries(exportPolicies(setup)).map(([name, document]) => [
        name,
        `${JSON.stringify(document, null, 2)}\n`,
      ]),
    ),
};

/** Plans, and prints or writes what the plan leads to. Answers the exit code. */
export async function runExport(context: CommandContext, options: OptionValues): Promise<number> {
  const format = textOption(options, "format") ?? "";
  const exporter = Object.hasOwn(exporters, format) ? exporters[format] : undefined;
  if (exporter === undefined) {
    throw new UsageError(
      `--format ${format} is none of ${Object.keys(exporters).join(", ")}.`,
      "Name one of these.",
    );
  }
  return withSetupSession(context, { ...options, env: false }, async (session, desired) => {
    const plan = await session.plan(desired);
    const setup = exportedSetup(plan);
    const files = exporter(setup);
    const out = textOption(options, "out");
    if (out === undefined) await print(context, { format, setup, files });
    else await writeFiles(context, { format, folder: resolve(context.runtime.cwd, out), files });
    tellNotes(context, { format, plan, setup });
    return exitCodes.ok;
  });
}

async function print(
  { output }: CommandContext,
  {
    format,
    setup,
    files,
  }: {
    readonly format: string;
    readonly setup: ExportedSetup;
    readonly files: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const [only, another] = Object.values(files);
  // Of several documents one: the files by their names.
  const text = another === undefined ? only : `${jsonText(exportPolicies(setup), 2)}\n`;
  await output.result({ type: "export", format, files }, text?.replace(/\n$/, ""));
}

async function writeFiles(
  { output }: CommandContext,
  {
    format,
    folder,
    files,
  }: {
    readonly format: string;
    readonly folder: string;
    readonly files: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const paths = Object.keys(files).map((name) => join(folder, name));
  try {
    makeFolder(folder);
    for (const [name, text] of Object.entries(files)) {
      const mode = name.endsWith(".sh") ? 0o755 : 0o644;
      await writeFile(join(folder, name), text, { flag: "wx", mode });
    }
  } catch (error) {
    const { code, path = folder } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw localFileError("export", folder, error);
    throw new UsageError(
      `${printable(path)} is there already.`,
      "Nothing is overwritten: name another folder with --out, or move the files away.",
    );
  }
  await output.result({ type: "export", format, folder, files }, paths.map(printable).join("\n"));
}

function tellNotes(
  { output }: CommandContext,
  {
    format,
    plan,
    setup,
  }: { readonly format: string; readonly plan: SetupPlan; readonly setup: ExportedSetup },
): void {
  for (const { title, why } of setup.leftOut) {
    output.warn(`${title} is not in it: ${printable(why)}`);
  }
  const kept = plan.aspects.flatMap((aspect) => aspect.kept);
  if (kept.length > 0) output.note(`Of others, kept in it: ${kept.map(printable).join(", ")}`);
  const isForAws = format === "terraform" || format === "cloudformation";
  if (isForAws && !isAws(plan.desired)) {
    output.warn(
      `It is for AWS: nothing in it says that the bucket is at ${printable(plan.desired.endpointUrl ?? "")}.`,
    );
  }
  if (format === "cloudformation" && setup.present.has("bucket")) {
    output.note(
      "The bucket is there: make the stack with an import (--change-set-type IMPORT), or CloudFormation " +
        "tries to create it once more.",
    );
  }
}
