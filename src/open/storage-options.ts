import type { Credentials, CredentialsProvider } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import { clientLimits } from "../core/limits.ts";
import type { TransferContextOptions } from "../transfer/transfer-context.ts";
import type { Settings, StorageBackend } from "../settings/settings.ts";
import { storeSettings, type StoreSettings } from "../settings/store-settings.ts";

/** What code may say in place of the settings. */
export interface StorageOptions extends Omit<
  TransferContextOptions,
  "createDigest" | "randomName"
> {
  /** Default: `getSettings()`, from environment and `.env`. */
  readonly settings?: Settings;
  /** Default: the settings'. */
  readonly bucket?: string;
  /** Default: the settings'. */
  readonly region?: string;
  /** `https://host[:port]` of a store other than AWS. Default: the settings'. */
  readonly endpointUrl?: string;
  /** Keys, or a function that is asked before each request. Default: the settings'. */
  readonly credentials?: Credentials | CredentialsProvider;
  /** Account of twelve digits that the bucket must belong to; another's is refused with 403. */
  readonly expectedBucketOwner?: string;
  /**
   * How long a call that the store throttles, refuses or loses is tried again, in milliseconds, from
   * its first failure on; 0: not at all. Default: the settings', 20,000.
   */
  readonly retryForMs?: number;
}

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
