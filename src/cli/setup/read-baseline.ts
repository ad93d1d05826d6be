import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isStorageError } from "../../core/errors.ts";
import type { DriftBaseline } from "../../setup/drift/drift-baseline.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { textOption, type OptionValues } from "../option-values.ts";

/** Looked for in the folder in which a command is called. */
export const baselineName = "sms-storage.baseline.json";

/** The baseline of `--baseline`, else of this folder. */
export interface NamedBaseline {
  /** As it was named, for messages. */
  readonly named: string;
  readonly path: string;
  /** Whether `--baseline` names it. */
  readonly isAsked: boolean;
}

export function namedBaseline(context: CommandContext, options: OptionValues): NamedBaseline {
  const asked = textOption(options, "baseline");
  const named = asked ?? baselineName;
  return { named, path: resolve(context.runtime.cwd, named), isAsked: asked !== undefined };
}

/**
 * Undefined: there is none, which is an error where it was named and `mayBeMade` is not said. Throws UsageError,
 * and StorageError InvalidArgument for a text that is no baseline of this bucket.
 */
export async function readBaseline(
  { named, path, isAsked }: NamedBaseline,
  bucket: string,
  { mayBeMade }: { readonly mayBeMade: boolean },
): Promise<DriftBaseline | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && (mayBeMade || !isAsked)) return undefined;
    throw new UsageError(
      `The baseline ${named} cannot be read: ${error.message}`,
      "Name the file that `sms-storage drift --record` wrote.",
    );
  });
  if (text === undefined) return undefined;
  const { parseBaseline } = await import("../../setup/drift/drift-baseline.ts");
  return parseBaseline(text, named, bucket);
}

/** As `readBaseline`; one that is only found here and is of another bucket, or none, is told and left alone. */
export async function readBaselineIfAny(
  context: CommandContext,
  options: OptionValues,
  bucket: string,
): Promise<DriftBaseline | undefined> {
  const baseline = namedBaseline(context, options);
  try {
    return await readBaseline(baseline, bucket, { mayBeMade: false });
  } catch (error) {
    if (baseline.isAsked || !isStorageError(error, "InvalidArgument")) throw error;
    context.output.note(`${error.message} It is left alone.`);
    return undefined;
  }
}
