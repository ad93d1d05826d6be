import { clientLimits } from "../core/limits.ts";
import type { ObjectStore } from "../core/object-store.ts";
import { safeListener } from "../core/safe-listener.ts";
import { createDigest } from "./create-digest.ts";
import { addressOf, type ConnectionOptions, type S3StoreOptions } from "./create-s3-store.ts";
import { HttpTransport } from "./http-transport.ts";
import type { StoreFacts } from "./late-store.ts";
import { defaultRetryPolicy } from "./recovery/retry-policy.ts";
import { StoreLoad } from "./recovery/store-load.ts";
import { RequestTrace } from "./request-trace.ts";
import { S3Sender } from "./s3-sender.ts";
import { S3Store } from "./s3-store.ts";
import { StoreState } from "./store-state.ts";

/** The store itself, with all that speaks to it. */
export function openS3Store(options: S3StoreOptions, facts: StoreFacts): ObjectStore {
  const { dialect, pace, expectedBucketOwner } = options;
  const choices = { dialect, createDigest, pace, expectedBucketOwner };
  return new S3Store({ ...facts, ...openConnection(options), ...choices });
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
    address: addressOf(options),
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
