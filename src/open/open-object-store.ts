import type { ObjectStore } from "../core/object-store.ts";
import type { Settings } from "../settings/settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import { connectStore, type StoreListener } from "./connect-store.ts";

export interface OpenObjectStoreOptions extends StoreListener {
  /** Default: the settings'. */
  readonly bucket?: string;
}

/** The data plane of one bucket, as the settings say. Throws ConfigurationError. */
export async function openObjectStore(
  settings: Settings,
  options: OpenObjectStoreOptions = {},
): Promise<ObjectStore> {
  const store = storeSettings(settings);
  return connectStore({ ...store, bucket: options.bucket ?? store.bucket }, options);
}
