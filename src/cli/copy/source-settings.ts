import type { Settings } from "../../settings/settings.ts";
import type { CommandContext } from "../context.ts";
import { textOption, type OptionValues } from "../option-values.ts";

const sourceFlags = [
  ["sourceEndpointUrl", "endpoint-url"],
  ["sourceRegion", "region"],
  ["sourceProfile", "profile"],
] as const;

/**
 * Settings of the store that the sources are on, where `--source-...` names another one. What they
 * leave open comes from the same environment as that of the target. Throws ConfigurationError.
 */
export async function sourceSettings(
  { runtime, output, flags, envFile }: CommandContext,
  options: OptionValues,
): Promise<Settings | undefined> {
  const given = sourceFlags.flatMap(([name, flag]) => {
    const value = textOption(options, name);
    return value === undefined ? [] : [[flag, value] as const];
  });
  const dotenv = textOption(options, "sourceDotenv");
  if (given.length === 0 && dotenv === undefined) return undefined;
  const { getSettings } = await import("../../settings/get-settings.ts");
  // The store of the flags without `source` is the target's.
  const { "endpoint-url": _, region: __, profile: ___, backend: ____, ...shared } = flags;
  const file = dotenv ?? envFile;
  const settings = getSettings({
    flags: { ...shared, ...Object.fromEntries(given) },
    environment: runtime.environment,
    cwd: runtime.cwd,
    ...(file !== undefined && { envFile: file }),
  });
  for (const { message } of settings.warnings) output.warn(message);
  return settings;
}
