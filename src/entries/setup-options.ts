import { join } from "node:path";
import {
  callChecks,
  checkOptions,
  isAccountId,
  isCallback,
  isFilledText,
  type OptionChecks,
} from "../core/check-options.ts";
import type { CallOptions } from "../core/object-store.ts";
import type { ClientEvent } from "../client/client-event.ts";
import { defaultDataFolder } from "../open/data-folder.ts";
import type { SetupSession } from "../open/setup-session.ts";
import { checkSettings } from "../open/storage-options.ts";
import { getSettings } from "../settings/get-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { inScope } from "../transfer/operation-scope.ts";
import { unlessAborted } from "../transfer/unless-aborted.ts";

/** Which store is meant, and what ends a call. */
export interface StoreCallOptions extends CallOptions {
  /** Store, region, credentials and bucket. Default: `getSettings()`. */
  readonly settings?: Settings;
  /** Told of requests that are tried again. */
  readonly onEvent?: (event: ClientEvent) => void;
}

/** Whose the bucket is, beside that. */
export interface SetupCallOptions extends StoreCallOptions {
  /** Twelve digits: the account that the bucket must belong to. Default: the caller's. */
  readonly owner?: string;
  /** The `.env` that is part of the set-up. Default: none is looked at or written. */
  readonly envFile?: string;
}

export const storeCallChecks: OptionChecks<StoreCallOptions> = {
  ...callChecks,
  settings: () => undefined,
  onEvent: isCallback,
};

export const setupCallChecks: OptionChecks<SetupCallOptions> = {
  ...storeCallChecks,
  owner: isAccountId,
  envFile: isFilledText,
};

/** Checks what was given, a copy of the caller's own, and runs the work under the caller's signal and time. Throws StorageError only. */
export async function onStore<Options extends StoreCallOptions, T>(
  operation: string,
  options: Options,
  checks: OptionChecks<Options>,
  work: (settings: Settings, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  checkOptions(operation, options, checks);
  const { settings = getSettings() } = options;
  checkSettings(operation, settings);
  return inScope(operation, options, async ({ signal }) =>
    unlessAborted(operation, work(settings, signal), signal),
  );
}

interface Backups {
  readonly backupFolder?: string;
}

/**
 * The same with a session, which is closed when the work ends or is stopped: it can do no more then.
 * `prepare` judges what was given before anything is asked of a store.
 */
export async function inSession<Options extends SetupCallOptions, T>(
  operation: string,
  options: Options,
  checks: OptionChecks<Options>,
  prepare: (settings: Settings) => Promise<(session: SetupSession) => Promise<T>>,
): Promise<T> {
  const { owner, envFile, onEvent, backupFolder }: SetupCallOptions & Backups = options;
  let session: SetupSession | undefined;
  try {
    return await onStore(operation, options, checks, async (settings, signal) => {
      const work = await prepare(settings);
      signal.throwIfAborted();
      const { openSetupSession } = await import("../open/setup-session.ts");
      session = await openSetupSession({
        settings,
        owner,
        envFile,
        backupFolder: backupFolder ?? join(defaultDataFolder(process.env), "backups"),
        signal,
        ...(onEvent !== undefined && { onEvent }),
      });
      signal.throwIfAborted();
      return work(session);
    });
  } finally {
    session?.close();
  }
}
