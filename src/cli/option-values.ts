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
