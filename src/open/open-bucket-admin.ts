import type { BucketAdmin } from "../core/bucket-admin.ts";
import type { Settings } from "../settings/settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import { storeCredentials } from "./store-credentials.ts";
import { tlsOptions } from "./tls-options.ts";

export interface OpenBucketAdminOptions {
  /** Account of twelve digits that every bucket must belong to. */
  readonly expectedBucketOwner?: string;
}

/** The control plane of the settings' store; no bucket need be set. Throws ConfigurationError. */
export async function openBucketAdmin(
  settings: Settings,
  options: OpenBucketAdminOptions = {},
): Promise<BucketAdmin> {
  const store = storeSettings(settings);
  const tls = tlsOptions(store);
  const { createAwsBucketAdmin } = await import("../aws/bucket-admin.ts");
  return createAwsBucketAdmin({
    region: store.region,
    credentials: storeCredentials(store),
    tls,
    ...(store.endpointUrl === undefined ? {} : { endpointUrl: store.endpointUrl }),
    ...options,
  });
}
