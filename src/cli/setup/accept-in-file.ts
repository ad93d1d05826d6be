import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { DesiredState } from "../../setup/desired-state.ts";
import { changedFileText } from "../../setup/desired-file-text.ts";
import {
  acceptedValues,
  withValues,
  type AcceptedValue,
} from "../../setup/drift/accepted-value.ts";
import type { DriftReport } from "../../setup/drift/find-drift.ts";
import type { CommandContext } from "../context.ts";
import type { OptionValues } from "../option-values.ts";
import { changedNote, replaceWishFile } from "./change-wish-file.ts";
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
  await replaceWishFile(path, text, found.file);
  for (const value of written) context.output.note(changedNote(found.file, value));
  return { desired: withValues(desired, written), ids: left };
}
