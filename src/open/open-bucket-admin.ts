import type { OwnBucketAdmin } from "../aws/own-bucket-admin.ts";
import type { ConnectionOptions } from "../aws/sdk-connection.ts";
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

/** What the SDK's connections of the settings' store are made with. Throws ConfigurationError. */
export function adminConnection(
  settings: Settings,
  { onEvent, onExchange }: OpenBucketAdminOptions = {},
): ConnectionOptions {
  const store = storeSettings(settings);
  const tls = tlsOptions(store);
  const agents = sdkAgents(store, tls);
  return {
    region: store.region,
    credentials: storeCredentials(store, undefined, {
      ...(onExchange !== undefined && { onExchange }),
    }),
    tls,
    retryForMs: store.retryForMs,
    ...(agents !== undefined && { agents }),
    ...(store.endpointUrl !== undefined && { endpointUrl: store.endpointUrl }),
    ...(onEvent !== undefined && { onEvent }),
    ...(onExchange !== undefined && { onExchange }),
  };
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
  const { expectedBucketOwner } = options;
  const connection = adminConnection(settings, options);
  const { createOwnBucketAdmin } = await import("../aws/own-bucket-admin.ts");
  return createOwnBucketAdmin({
    ...connection,
    ...(expectedBucketOwner !== undefined && { expectedBucketOwner }),
  });
}
