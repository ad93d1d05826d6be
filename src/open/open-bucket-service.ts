import { createBucketService } from "../client/create-bucket-service.ts";
import type { BucketService } from "../core/bucket-service.ts";
import type { Settings } from "../settings/settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import { connection } from "./connect-store.ts";
import type { StoreListener } from "./store-listener.ts";

/** The buckets of the settings' store; no bucket need be set. Throws ConfigurationError. */
export function openBucketService(
  settings: Settings,
  options: StoreListener & { readonly expectedBucketOwner?: string } = {},
): BucketService {
  return createBucketService(connection(storeSettings(settings), options));
}
