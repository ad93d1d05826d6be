import { join } from "node:path";
import { defaultDataFolder } from "../../open/data-folder.ts";
import type { SetupSession } from "../../open/setup-session.ts";
import type { Settings } from "../../settings/settings.ts";
import type { DesiredState } from "../../setup/desired-state.ts";
import type { CommandContext } from "../context.ts";
import type { OptionValues } from "../option-values.ts";
import { readDesiredState } from "./desired-options.ts";
import { type ValueOrigin, valueOrigins } from "./value-origins.ts";
import { storeListener } from "../store-listener.ts";
import { dotenvPath } from "./dotenv-path.ts";

/**
 * Reads the wish from the command line and its file, opens the store and does one piece of work with both. A wish
 * that cannot be meant is refused before the store is asked.
 */
export async function withSetupSession<T>(
  context: CommandContext,
  options: OptionValues,
  work: (
    session: SetupSession,
    desired: DesiredState,
    origins: readonly ValueOrigin[],
  ) => Promise<T>,
): Promise<T> {
  const { readDesiredFile, settingsOf } = await import("./read-desired-file.ts");
  const found = await readDesiredFile(context, options);
  const settings = await context.settings(settingsOf(found));
  const wished = await readDesiredState(settings, options, found);
  const origins = valueOrigins(context, settings, options, found);
  const envFile = wished.envFile !== "unmanaged";
  return withSession(context, { settings, owner: wished.ownerAccountId, envFile }, (session) =>
    work(session, { ...wished, ownerAccountId: session.owner }, origins),
  );
}

interface SessionWish {
  readonly settings: Settings;
  readonly owner?: string | undefined;
  /** Whether `.env` is looked at and written. */
  readonly envFile: boolean;
}

/** Opens a set-up session for one piece of work, and closes it whatever happens. */
export async function withSession<T>(
  context: CommandContext,
  { settings, owner, envFile }: SessionWish,
  work: (session: SetupSession) => Promise<T>,
): Promise<T> {
  const { openSetupSession } = await import("../../open/setup-session.ts");
  const { signal, environment } = context.runtime;
  const session = await openSetupSession({
    settings,
    owner,
    envFile: envFile ? dotenvPath(context) : undefined,
    backupFolder: join(defaultDataFolder(environment), "backups"),
    signal,
    ...storeListener(context, settings),
  });
  try {
    return await work(session);
  } finally {
    session.close();
  }
}
