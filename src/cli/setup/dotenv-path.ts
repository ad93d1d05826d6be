import { join } from "node:path";
import { findEnvFile } from "../../settings/get-settings.ts";
import type { CommandContext } from "../context.ts";

/** The `.env` that a set-up writes: the named one, the nearest one, or a new one right here. */
export function dotenvPath(context: CommandContext): string {
  const { cwd } = context.runtime;
  const { envFile } = context;
  const found = findEnvFile({ cwd, ...(envFile !== undefined && { envFile }) });
  return found ?? join(cwd, ".env");
}
