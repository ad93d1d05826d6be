import {
  type Check,
  type OptionChecks,
  isAccountId,
  isFilledText,
  isPlainObject,
  isText,
} from "../core/check-options.ts";
import type { Credentials, CredentialsProvider } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import { clientLimits } from "../core/limits.ts";
import {
  isDirectoriesChoice,
  isEncryptionChoice,
  isReplaceStrategy,
} from "../files/option-checks.ts";
import type { TransferWishes } from "../transfer/transfer-wishes.ts";
import type { Settings, StorageBackend } from "../settings/settings.ts";
import { areCredentials } from "./given-credentials.ts";
import { storeSettings, type StoreSettings } from "../settings/store-settings.ts";

/** What code may say in place of the settings. */
export interface StorageOptions extends Omit<TransferWishes, "createDigest" | "randomName"> {
  /** Default: `getSettings()`, from environment and `.env`. */
  readonly settings?: Settings;
  /** Default: the settings'. */
  readonly bucket?: string;
  /** Default: the settings'. */
  readonly region?: string;
  /** `https://host[:port]` of a store other than AWS. Default: the settings'. */
  readonly endpointUrl?: string;
  /** Keys, or a function that brings them, such as a provider of AWS's SDK. Default: the settings'. */
  readonly credentials?: Credentials | CredentialsProvider;
  /** Account of twelve digits that the bucket must belong to; another's is refused with 403. */
  readonly expectedBucketOwner?: string;
  /**
   * How long a call that the store throttles, refuses or loses is tried again, in milliseconds, from
   * its first failure on; 0: not at all. Default: the settings', 20,000.
   */
  readonly retryForMs?: number;
  /**
   * Folder, new or this user's own, where large transfers are remembered, so that the next call for the
   * same transfer goes on where one was cut short. Default: an interrupted transfer leaves nothing.
   */
  readonly resumeFolder?: string;
}

const isSettings: Check = (value) => {
  const isOne = isPlainObject(value) && typeof value["storageBackend"] === "string";
  return isOne && isPlainObject(value["sources"]) ? undefined : "settings, as getSettings() gives";
};

/** For a function that takes settings and options apart. Throws InvalidArgument. */
export function checkSettings(operation: string, settings: Settings): void {
  if (isSettings(settings) === undefined) return;
  throw new StorageError(
    "InvalidArgument",
    `${operation}: its first argument is no settings object.`,
    {
      operation,
      remedy: `Write ${operation}(getSettings(), { bucket: "my-bucket" }) for options of your own.`,
    },
  );
}

export const storageChecks: OptionChecks<StorageOptions> = {
  settings: isSettings,
  bucket: isText,
  region: isFilledText,
  endpointUrl: isFilledText,
  credentials: areCredentials,
  expectedBucketOwner: isAccountId,
  retryForMs: (value) => (typeof value === "number" ? undefined : "a number of milliseconds"),
  sse: isEncryptionChoice,
  directories: isDirectoriesChoice,
  replace: isReplaceStrategy,
  temporaryDirectory: isFilledText,
  resumeFolder: isFilledText,
};

/** The backend's store, with the options in the place of settings. Throws ConfigurationError. */
export function optedStore(
  settings: Settings,
  options: Omit<StorageOptions, "settings">,
  backend: StorageBackend,
): StoreSettings {
  const { endpointUrl, credentials } = options;
  const given = { endpointUrl, credentials: credentials !== undefined };
  const store = storeSettings(settings, backend, given);
  const retryForMs = options.retryForMs ?? store.retryForMs;
  if (!(retryForMs >= 0 && retryForMs <= clientLimits.retryForMaxMs)) {
    throw new StorageError("ConfigurationError", `retryForMs is ${retryForMs}.`, {
      remedy: `Give milliseconds from 0 (no retries) to ${clientLimits.retryForMaxMs}.`,
    });
  }
  return {
    ...store,
    bucket: options.bucket ?? store.bucket,
    region: options.region ?? store.region,
    retryForMs,
  };
}
