import { type OptionChecks, isCallback, isFlag } from "../core/check-options.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { takeOptions } from "../core/take-options.ts";
import { getSettings } from "../settings/get-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { connectStore } from "./connect-store.ts";
import type { StoreListener } from "./store-listener.ts";
import {
  type StorageOptions,
  checkSettings,
  optedStore,
  storageChecks,
} from "./storage-options.ts";

/** As `StorageOptions`, without what only files know, and with a listener. */
export interface ObjectStoreOptions
  extends
    Pick<
      StorageOptions,
      "bucket" | "region" | "endpointUrl" | "credentials" | "expectedBucketOwner" | "retryForMs"
    >,
    StoreListener {}

const { bucket, region, endpointUrl, credentials, expectedBucketOwner, retryForMs } = storageChecks;
const checks: OptionChecks<ObjectStoreOptions> = {
  bucket,
  region,
  endpointUrl,
  credentials,
  expectedBucketOwner,
  retryForMs,
  onEvent: isCallback,
  onExchange: isCallback,
  onKeyTerm: isCallback,
  awaitFreshKeys: isFlag,
};

/**
 * S3's own operations on one bucket of the chosen backend: conditions, versions, multipart uploads,
 * links. What FileService does is made of these. Connects at the first call; close it after its last.
 * Rejects with ConfigurationError, or with InvalidArgument for options that cannot be.
 *
 * @example
 * const opened = await openObjectStore();
 * await opened.putObject("done", Buffer.from(""), { ifAbsent: true });
 * await opened.close();
 */
export async function openObjectStore(
  settings: Settings = getSettings(),
  options: ObjectStoreOptions = {},
): Promise<ObjectStore> {
  checkSettings("openObjectStore", settings);
  const given = takeOptions("openObjectStore", options, checks);
  return connectStore(optedStore(settings, given, settings.storageBackend), given);
}
