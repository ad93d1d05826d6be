import type { CredentialsProvider } from "../core/credentials.ts";
import type { ExchangeListener } from "../core/exchange-event.ts";
import { StorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { clientLimits } from "../core/limits.ts";
import { safeListener } from "../core/safe-listener.ts";
import { createDigest } from "./create-digest.ts";
import {
  capabilitiesOf,
  type Addressing,
  type Dialect,
  type PayloadSigning,
} from "./dialects/dialect.ts";
import { HttpTransport, type Timeouts, type TlsOptions } from "./http-transport.ts";
import type { ProxySettings } from "./proxy/choose-proxy.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./recovery/retry-policy.ts";
import { StoreLoad } from "./recovery/store-load.ts";
import type { ClientEvent } from "./client-event.ts";
import { RequestTrace } from "./request-trace.ts";
import { S3Sender } from "./s3-sender.ts";
import { S3Store } from "./s3-store.ts";
import type { StorePace } from "./store-pace.ts";
import { StoreState } from "./store-state.ts";

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

/** One bucket of an S3 store as an ObjectStore. Opens no connection before the first call. */
export function createS3Store(options: S3StoreOptions): ObjectStore {
  const { bucket, dialect } = options;
  if (bucket === "" || bucket.includes("/")) {
    throw new StorageError("ConfigurationError", `"${bucket}" is not a bucket name.`, {
      remedy: "Set the bucket's name alone, such as my-bucket (STORAGE_S3_BUCKET).",
    });
  }
  const { sender, state, onEvent } = openConnection(options);
  const capabilities = capabilitiesOf(dialect, state.endpoint.addressing);
  const { pace, expectedBucketOwner } = options;
  const connection = { sender, state, onEvent, pace };
  return new S3Store({
    bucket,
    expectedBucketOwner,
    dialect,
    capabilities,
    createDigest,
    ...connection,
  });
}

interface Connection {
  readonly sender: S3Sender;
  readonly state: StoreState;
  /** Cannot fail. */
  readonly onEvent: ConnectionOptions["onEvent"];
}

/** What requests go through: to one bucket, or to the service that has the buckets. */
export function openConnection(
  options: ConnectionOptions & { readonly bucket: string | undefined },
): Connection {
  const { bucket, dialect, onExchange } = options;
  const onEvent = options.onEvent && safeListener("onEvent", options.onEvent);
  const state = new StoreState({
    address: {
      endpoint: options.endpoint,
      region: options.region,
      bucket,
      addressing:
        options.addressing ?? (options.endpoint === undefined ? dialect.addressing.value : "path"),
    },
    dialect,
    credentials: options.credentials,
    now: options.now ?? ((): Date => new Date()),
  });
  const sender = new S3Sender({
    bucket,
    dialect,
    state,
    transport: new HttpTransport(options),
    retry: { ...defaultRetryPolicy, ...options.retry },
    payloadSigning: options.payloadSigning ?? dialect.payloadSigning.value,
    load: new StoreLoad(options.maxConnections ?? clientLimits.connections),
    random: options.random ?? Math.random,
    expectedBucketOwner: options.expectedBucketOwner,
    onEvent,
    trace: onExchange && new RequestTrace(safeListener("onExchange", onExchange)),
    pace: options.pace,
  });
  return { sender, state, onEvent };
}
