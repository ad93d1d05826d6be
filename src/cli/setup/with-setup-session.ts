import type { DesiredState } from "../../setup/desired-state.ts";
import type { CommandContext } from "../context.ts";
import type { OptionValues } from "../option-values.ts";
import { readDesiredState } from "./desired-options.ts";
import type { SetupSession } from "./setup-session.ts";

/**
 * Reads the wish from the command line, opens the store and does one piece of work with both. A wish
 * that cannot be meant is refused before the store is asked.
 */
export async function withSetupSession<T>(
  context: CommandContext,
  options: OptionValues,
  work: (session: SetupSession, desired: DesiredState) => Promise<T>,
): Promise<T> {
  const settings = await context.settings();
  const wished = await readDesiredState(settings, options);
  const { openSetupSession } = await import("./setup-session.ts");
  const session = await openSetupSession(context, {
    settings,
    owner: wished.ownerAccountId,
    envFile: options["env"] !== false,
  });
  try {
    return await work(session, { ...wished, ownerAccountId: session.owner });
  } finally {
    session.close();
  }
}
