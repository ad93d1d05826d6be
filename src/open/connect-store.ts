import type { StoreListener } from "./store-listener.ts";
import { type ConnectionOptions, createS3Store } from "../client/create-s3-store.ts";
import { dialects } from "../client/dialects/dialect-list.ts";
import type { Dialect } from "../client/dialects/dialect.ts";
import { withProfile } from "../client/dialects/with-profile.ts";
import type { StorePace } from "../client/store-pace.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { requireBucket, type StoreSettings } from "../settings/store-settings.ts";
import type { StorageOptions } from "./storage-options.ts";
import { storeCredentials } from "./store-credentials.ts";
import { recordedProfile } from "./store-profiles.ts";
import { tlsOptions } from "./tls-options.ts";

/** How fast the store may work. */
export interface StorePacing {
  /** Default: as fast as it goes. */
  readonly pace?: StorePace;
}

/** One bucket of the store. Opens no connection yet. Throws ConfigurationError. */
export function connectStore(store: StoreSettings, options: Connecting = {}): ObjectStore {
  return createS3Store({ bucket: requireBucket(store), ...connection(store, options) });
}

type Connecting = Pick<StorageOptions, "credentials" | "expectedBucketOwner"> &
  StoreListener &
  StorePacing;

/** As a probe has seen the store, where one has. */
function dialectOf(store: StoreSettings): Dialect {
  const profile = recordedProfile(store);
  const dialect = dialects[store.dialect];
  return profile === undefined ? dialect : withProfile(dialect, profile);
}

/** How to reach the store of the settings. Throws ConfigurationError. */
export function connection(store: StoreSettings, options: Connecting): ConnectionOptions {
  const { credentials, expectedBucketOwner, onEvent, onExchange, pace } = options;
  return {
    region: store.region,
    credentials: storeCredentials(store, credentials, options),
    dialect: dialectOf(store),
    tls: tlsOptions(store),
    proxy: store.proxy,
    retry: { forMs: store.retryForMs },
    timeouts: { idleTimeoutMs: store.idleTimeoutMs },
    ...(store.endpointUrl !== undefined && { endpoint: store.endpointUrl }),
    ...(expectedBucketOwner !== undefined && { expectedBucketOwner }),
    ...(onEvent !== undefined && { onEvent }),
    ...(onExchange !== undefined && { onExchange }),
    ...(pace !== undefined && { pace }),
  };
}
