import { checkOptions, type OptionChecks, ownOptions } from "./check-options.ts";
import { safeListener } from "./safe-listener.ts";

/**
 * What a caller gave, taken once: its own members in a copy (`ownOptions`), checked (`checkOptions`), its
 * listeners, which are called `on...`, such that whatever they do changes nothing (`safeListener`). Throws
 * InvalidArgument.
 */
export function takeOptions<Options extends object>(
  operation: string,
  options: Options,
  checks: OptionChecks<Options>,
): Options {
  const given = ownOptions(options);
  checkOptions(operation, given, checks);
  const members = given as Record<string, unknown>;
  for (const [name, value] of Object.entries(members)) {
    if (!name.startsWith("on") || typeof value !== "function") continue;
    members[name] = safeListener(`${name} of ${operation}`, value as (told: unknown) => unknown);
  }
  return given;
}
