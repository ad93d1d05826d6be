import { UsageError } from "./exit-codes.ts";

/** The options of a command line, as the parser leaves them. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** An option with a value; undefined when it was not given. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** True when the switch was given. */
export function flagOption(options: OptionValues, name: string): boolean {
  return options[name] === true;
}

/** `--version-id` as the stores take it. */
export function versionOption(options: OptionValues): { versionId?: string } {
  const versionId = textOption(options, "versionId");
  return versionId === undefined ? {} : { versionId };
}

/** A whole number of 1 or more; undefined when it was not given. Throws UsageError. */
export function limitOption(options: OptionValues, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new UsageError(`--${name} takes a whole number of 1 or more, not ${text}.`);
}
