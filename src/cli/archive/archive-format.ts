import type { ArchiveFormat } from "../../transfer/archive/archive-options.ts";
import { UsageError } from "../exit-codes.ts";
import { textOption, type OptionValues } from "../option-values.ts";

const formats: readonly ArchiveFormat[] = ["tar", "tar.gz", "zip"];

/** `--format`; undefined when it was not given. Throws UsageError. */
export function formatOption(options: OptionValues): ArchiveFormat | undefined {
  return choiceOption(options, "format", formats);
}

/** By the ending of a name; undefined when it has none. Throws UsageError when it is that of something else. */
export function formatOfName(name: string): ArchiveFormat | undefined {
  const ending = /[^/\\](\.(?:[a-z]|7z)[a-z0-9]*)$/i.exec(name)?.[1];
  if (ending === undefined) return undefined;
  if (/\.(?:tar\.gz|tgz)$/i.test(name)) return "tar.gz";
  const format = formats.find((one) => `.${one}` === ending.toLowerCase());
  if (format !== undefined) return format;
  throw new UsageError(
    `${name} ends in ${ending}, and archives are made as ${formats.join(", ")}.`,
    "Name it so, or say which by --format.",
  );
}

/** An option that takes one of some words. Throws UsageError. */
export function choiceOption<Choice extends string>(
  options: OptionValues,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${flag} takes ${choices.join(", ")}, not ${text}.`);
}
