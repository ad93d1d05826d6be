import { readFile, realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { replaceFile } from "../../disk/replace-file.ts";
import type { DesiredState } from "../../setup/desired-state.ts";
import { changedFileText } from "../../setup/desired-file-text.ts";
import {
  acceptedValues,
  withValues,
  type AcceptedValue,
} from "../../setup/drift/accepted-value.ts";
import type { DriftReport } from "../../setup/drift/find-drift.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import type { OptionValues } from "../option-values.ts";
import { readDesiredFile } from "./read-desired-file.ts";

interface Asked {
  readonly desired: DesiredState;
  readonly report: DriftReport;
  readonly ids: readonly string[];
}

interface Accepted {
  /** The wish as it is now. */
  readonly desired: DesiredState;
  /** Findings that no file can say, for the baseline. */
  readonly ids: readonly string[];
}

/** Writes what was found into the file of the wish, as far as it can say it. Throws UsageError. */
export async function acceptInFile(
  context: CommandContext,
  options: OptionValues,
  { desired, report, ids }: Asked,
): Promise<Accepted> {
  const found = await readDesiredFile(context, options);
  if (found === undefined || ids.length === 0) return { desired, ids };
  const path = resolve(context.runtime.cwd, found.file);
  let text = await readFile(path, "utf8");
  const written: AcceptedValue[] = [];
  const left: string[] = [];
  for (const id of ids) {
    const finding = report.findings.find((each) => each.id === id);
    const values = finding === undefined ? undefined : acceptedValues(finding);
    const changed = values === undefined ? undefined : changedFileText(text, found.file, values);
    if (values === undefined || changed === undefined) left.push(id);
    else {
      text = changed;
      written.push(...values);
    }
  }
  if (written.length === 0) return { desired, ids };
  await replaceText(path, text).catch((error: Error) => {
    throw new UsageError(`${found.file} cannot be written: ${error.message}`);
  });
  for (const { path: at, value } of written) {
    context.output.note(`${found.file}: ${at.join(".")} is now ${value}`);
  }
  return { desired: withValues(desired, written), ids: left };
}

/** People wrote it: it stays where its link leads and for whom it is, and is never there in part. */
async function replaceText(path: string, text: string): Promise<void> {
  const file = await realpath(path);
  const { mode } = await stat(file);
  await replaceFile(file, text, { mode: mode & 0o777 });
}
