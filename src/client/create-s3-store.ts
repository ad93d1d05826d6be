import type { CredentialsProvider } from "../core/credentials.ts";
import type { ExchangeListener } from "../core/exchange-event.ts";
import { StorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { ClientEvent } from "./client-event.ts";
import {
  capabilitiesOf,
  type Addressing,
  type Dialect,
  type PayloadSigning,
} from "./dialects/dialect.ts";
import { resolveEndpoint, type EndpointOptions } from "./endpoint.ts";
import type { Timeouts, TlsOptions } from "./http-transport.ts";
import { LateStore } from "./late-store.ts";
import type { ProxySettings } from "./proxy/choose-proxy.ts";
import type { RetryPolicy } from "./recovery/retry-policy.ts";
import type { StorePace } from "./store-pace.ts";

export interface S3StoreOptions extends ConnectionOptions {
  readonly bucket: string;
}

/** How to reach a store, whichever of its buckets is meant. */
export interface ConnectionOptions {
  /** Such as `us-east-1`. Stores without regions take any; their dialect may sign with its own. */
  readonly region: string;
  readonly credentials: CredentialsProvider;
  readonly dialect: Dialect;
  /** `http://127.0.0.1:9000`. Default: AWS's endpoint of the region, in its partition's domain. */
  readonly endpoint?: string;
  /** Default: the dialect's; `path` with an endpoint of your own. */
  readonly addressing?: Addressing;
  /** Default: the dialect's. */
  readonly payloadSigning?: PayloadSigning;
  readonly tls?: TlsOptions;
  /** Default: no proxy. */
  readonly proxy?: ProxySettings;
  /** Default `clientLimits.connections`. More calls than that wait. */
  readonly maxConnections?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly timeouts?: Partial<Timeouts>;
  /** Twelve digits: S3 refuses when the bucket is another account's. */
  readonly expectedBucketOwner?: string;
  /** Default: the system clock. */
  readonly now?: () => Date;
  /** [0, 1), for the jitter of retries. Default Math.random. */
  readonly random?: () => number;
  /** Default: as fast as it goes. */
  readonly pace?: StorePace;
  /** Retries and what the store learned; must not throw. */
  readonly onEvent?: (event: ClientEvent) => void;
  /** Requests and answers, secrets masked; must not throw. Default: they are not told. */
  readonly onExchange?: ExchangeListener;
}

/**
 * One bucket of an S3 store as an ObjectStore. Opens no connection before the first call, which also loads what
 * speaks to stores: two fifths of the library, Node's TLS and HTTP included.
 */
export function createS3Store(options: S3StoreOptions): ObjectStore {
  const { bucket, dialect } = options;
  if (bucket === "" || bucket.includes("/")) {
    throw new StorageError("ConfigurationError", `"${bucket}" is not a bucket name.`, {
      remedy: "Set the bucket's name alone, such as my-bucket (STORAGE_S3_BUCKET).",
    });
  }
  const { secure, host, keyBase, addressing } = resolveEndpoint(addressOf(options));
  const capabilities = capabilitiesOf(dialect, addressing);
  return new LateStore({
    bucket,
    // As it was opened: a bucket that is found in another region stays the same.
    location: `${secure ? "https" : "http"}://${host}${keyBase}`,
    capabilities,
    open: async (store) => {
      const { openS3Store } = await import("./open-s3-store.ts");
      return openS3Store(options, store);
    },
  });
}

/** Where the first request goes. */
export function addressOf(
  options: ConnectionOptions & { readonly bucket: string | undefined },
): EndpointOptions {
  const { endpoint, region, bucket, dialect } = options;
  const byDefault = endpoint === undefined ? dialect.addressing.value : "path";
  return { endpoint, region, bucket, addressing: options.addressing ?? byDefault };
}
