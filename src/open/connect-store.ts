import type { StoreListener } from "./store-listener.ts";
import { type ConnectionOptions, createS3Store } from "../client/create-s3-store.ts";
import { awsDialect } from "../client/dialects/aws.ts";
import type { Dialect } from "../client/dialects/dialect.ts";
import { qumuloDialect } from "../client/dialects/qumulo.ts";
import { s3Dialect } from "../client/dialects/s3.ts";
import type { StorePace } from "../client/store-pace.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { requireBucket, type StoreSettings } from "../settings/store-settings.ts";
import type { StorageOptions } from "./storage-options.ts";
import { storeCredentials } from "./store-credentials.ts";
import { tlsOptions } from "./tls-options.ts";

const dialects: Readonly<Record<StoreSettings["dialect"], Dialect>> = {
  aws: awsDialect,
  s3: s3Dialect,
  qumulo: qumuloDialect,
};

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

/** How to reach the store of the settings. Throws ConfigurationError. */
export function connection(store: StoreSettings, options: Connecting): ConnectionOptions {
  const { credentials, expectedBucketOwner, onEvent, onExchange, pace } = options;
  return {
    region: store.region,
    credentials: storeCredentials(store, credentials, options),
    dialect: dialects[store.dialect],
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
