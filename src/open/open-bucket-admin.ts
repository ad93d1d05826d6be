import type { OwnBucketAdmin } from "../aws/own-bucket-admin.ts";
import type { ExchangeListener } from "../core/exchange-event.ts";
import type { RetryEvent } from "../core/retry-event.ts";
import type { Settings } from "../settings/settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import { sdkAgents } from "./sdk-agents.ts";
import { storeCredentials } from "./store-credentials.ts";
import { tlsOptions } from "./tls-options.ts";

export interface OpenBucketAdminOptions {
  /** Account of twelve digits that every bucket must belong to. */
  readonly expectedBucketOwner?: string;
  readonly onEvent?: (event: RetryEvent) => void;
  /** Requests, answers and where keys came from, secrets masked. */
  readonly onExchange?: ExchangeListener;
}

/**
 * The control plane of the settings' store, for buckets of the expected owner, else of the caller's
 * own account; `owner` says whose. No bucket need be set. Throws ConfigurationError, and what keeps it
 * from asking who the caller is.
 */
export async function openBucketAdmin(
  settings: Settings,
  options: OpenBucketAdminOptions = {},
): Promise<OwnBucketAdmin> {
  const store = storeSettings(settings);
  const tls = tlsOptions(store);
  const agents = sdkAgents(store, tls);
  const { createOwnBucketAdmin } = await import("../aws/own-bucket-admin.ts");
  return createOwnBucketAdmin({
    region: store.region,
    credentials: storeCredentials(store, undefined, {
      ...(options.onExchange !== undefined && { onExchange: options.onExchange }),
    }),
    tls,
    retryForMs: store.retryForMs,
    ...(agents !== undefined && { agents }),
    ...(store.endpointUrl !== undefined && { endpointUrl: store.endpointUrl }),
    ...options,
  });
}
