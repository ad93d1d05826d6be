import { randomBytes } from "node:crypto";
import { partitionOfRegion } from "../core/partition.ts";
import { serverLimits } from "../core/limits.ts";
import { startBackgroundScrub, type BackgroundScrub } from "../engine/background-scrub.ts";
import type { Disk } from "../engine/disk.ts";
import type { Durability, Engine } from "../engine/engine.ts";
import {
  createLifecycleSweeper,
  type BucketSweep,
  type LifecycleSweeper,
  type LifecycleSweeperOptions,
} from "../engine/lifecycle/lifecycle-sweeper.ts";
import { openEngine } from "../engine/open-engine.ts";
import { createBucketPolicies } from "./bucket-policies.ts";
import { handleRequest } from "./handle-request.ts";
import type { Identities } from "./identities/identities.ts";
import { listen } from "./listen.ts";
import type { ServerContext, ServerEvent } from "./server-context.ts";

export interface StartServerOptions {
  /** Where the objects live. Absent with `durability: "memory"`. */
  readonly directory?: string;
  /** Default `durable`. */
  readonly durability?: Durability;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Of the endpoint itself; buckets have their own. Default us-east-1. */
  readonly region?: string;
  readonly identities: Identities;
  /** Names under which `bucket.<name>` addresses a bucket. Default localhost and s3.localhost. */
  readonly virtualHostDomains?: readonly string[];
  readonly now?: () => Date;
  /**
   * The time that objects are given and that lifecycle rules go by, while requests are judged by
   * `now`: a test moves it on by months and every client still gets in. Default: `now`.
   */
  readonly storeNow?: () => Date;
  /**
   * How often lifecycle rules are carried out, and how long their days are. Dates in answers are those
   * of real days. Default: 24 times a day, the first right after the start. `off`: never by itself.
   */
  readonly lifecycle?: Pick<LifecycleSweeperOptions, "dayMs" | "intervalMs"> | "off";
  /** Bytes a second that are read in the background to find decay. Default 1 MiB; 0: none. */
  readonly scrubBytesPerSecond?: number;
  readonly randomBytes?: (count: number) => Buffer;
  readonly disk?: Disk;
  /** Gets one event per request and per fault. Default: nothing is logged. */
  readonly logger?: (event: ServerEvent) => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  readonly port: number;
  readonly engine: Engine;
  /** Carries lifecycle rules out now; tells of each bucket that has any. */
  runLifecycle(): Promise<readonly BucketSweep[]>;
  /** Lets running requests end, up to `serverLimits.shutdownGraceMs`, then closes the store. */
  close(): Promise<void>;
}

/**
 * Opens the store and serves it. Throws StorageError ConfigurationError when the address is taken or
 * the directory cannot be used; nothing is left open then.
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const host = options.host ?? "127.0.0.1";
  const now = options.now ?? ((): Date => new Date());
  const storeNow = options.storeNow ?? now;
  const engine = await openEngine({
    now: storeNow,
    ...(options.directory !== undefined && { directory: options.directory }),
    ...(options.durability !== undefined && { durability: options.durability }),
    ...(options.disk !== undefined && { disk: options.disk }),
  });
  const context = serverContext(options, engine, now);
  try {
    const listener = await listen({
      host,
      port: options.port ?? 0,
      handle: (exchange) => handleRequest(context, exchange),
    });
    const sweeper = startSweeper(options, engine, storeNow);
    const background = startScrub(options, engine);
    let closed: Promise<void> | undefined;
    return {
      endpoint: `http://${host.includes(":") ? `[${host}]` : host}:${listener.port}`,
      port: listener.port,
      engine,
      runLifecycle: () => sweeper.sweep(),
      close: () => {
        closed ??= Promise.all([
          sweeper.stop(),
          background?.stop(),
          listener.close(serverLimits.shutdownGraceMs),
        ]).then(() => engine.close());
        return closed;
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function startSweeper(
  { lifecycle = {}, logger }: StartServerOptions,
  engine: Engine,
  now: () => Date,
): LifecycleSweeper {
  const sweeper = createLifecycleSweeper(engine, {
    now,
    ...(lifecycle !== "off" && lifecycle),
    ...(logger !== undefined && {
      onBucket: (swept) => logger({ kind: "lifecycle", ...swept }),
    }),
  });
  if (lifecycle !== "off") sweeper.start();
  return sweeper;
}

function startScrub(
  { scrubBytesPerSecond, durability, logger }: StartServerOptions,
  engine: Engine,
): BackgroundScrub | undefined {
  if (scrubBytesPerSecond === 0 || durability === "memory") return undefined;
  return startBackgroundScrub(engine, {
    ...(scrubBytesPerSecond !== undefined && { bytesPerSecond: scrubBytesPerSecond }),
    onDamage: ({ file, why }) => logger?.({ kind: "scrub", file, error: new Error(why) }),
    onFailure: (error) => logger?.({ kind: "scrub", file: undefined, error }),
  });
}

function serverContext(
  options: StartServerOptions,
  engine: Engine,
  now: () => Date,
): ServerContext {
  const region = options.region ?? "us-east-1";
  return {
    engine,
    identities: options.identities,
    policies: createBucketPolicies(),
    region,
    partition: partitionOfRegion(region).id,
    virtualHostDomains: options.virtualHostDomains ?? ["localhost", "s3.localhost"],
    now,
    randomBytes: options.randomBytes ?? randomBytes,
    log: options.logger ?? ((): void => {}),
  };
}
