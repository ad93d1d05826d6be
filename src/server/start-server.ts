import { serverLimits } from "../core/limits.ts";
import { safeListener } from "../core/safe-listener.ts";
import { startBackgroundScrub, type BackgroundScrub } from "../engine/background-scrub.ts";
import type { Disk } from "../engine/disk.ts";
import type { Durability, Engine, EngineOptions } from "../engine/engine.ts";
import {
  createLifecycleSweeper,
  type BucketSweep,
  type LifecycleSweeper,
  type LifecycleSweeperOptions,
} from "../engine/lifecycle/lifecycle-sweeper.ts";
import { openEngine } from "../engine/open-engine.ts";
import type { AdminOptions } from "./admin/admin-server.ts";
import { parseTrustedProxies } from "./client-origin.ts";
import { handleRequest, newRequestIds } from "./handle-request.ts";
import { declareIdentities } from "./identities/declare-identities.ts";
import type { IdentitiesFile } from "./identities/identities-file.ts";
import { applyDeclaration } from "./iam/apply-declaration.ts";
import type { IamDirectory } from "./iam/iam-directory.ts";
import { type ConnectionTimeouts, listen, type Listener, type TlsKeys } from "./listen.ts";
import type { Faults } from "./faults/faults.ts";
import type { Personality } from "./personalities/personality.ts";
import { tidyRegularly } from "./personalities/tidy-regularly.ts";
import type { AccessLogFormat } from "./logs/access-log.ts";
import { makeContext } from "./make-context.ts";
import type { ServerEvent } from "./server-event.ts";
import { type ServerSnapshot, snapshotsOf } from "./server-snapshots.ts";
import { ServerWatch } from "./server-watch.ts";
import type { PortalApproval } from "./sso/sso-directory.ts";
import { worldTaker } from "./world/apply-world.ts";
import type { World } from "./world/world.ts";

export interface StartServerOptions {
  /** Where the objects live. Absent with `durability: "memory"`. */
  readonly directory?: string;
  /** Where the key of the encryption at rest is kept. Default: in the directory. */
  readonly masterKeyFile?: string;
  /** Default `durable`. */
  readonly durability?: Durability;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Of the endpoint itself; buckets have their own. Default us-east-1. */
  readonly region?: string;
  /** Taken over into the store; see `applyDeclaration`. */
  readonly identities: IdentitiesFile;
  /** Taken over into the store as well. */
  readonly world?: World;
  /** Where the access keys are kept that worlds leave out. Default: in memory alone. */
  readonly worldKeysFile?: string;
  /**
   * Who approves sign-ins at the SSO portal where no world says it: somebody on its page, nobody, or they are
   * turned down; `off`: nobody signs in there. Default `page`.
   */
  readonly ssoApproval?: PortalApproval;
  /** Names under which `bucket.<name>` addresses a bucket. Default localhost and s3.localhost. */
  readonly virtualHostDomains?: readonly string[];
  /** Networks, as `10.0.0.0/8`, whose proxies are believed where a request comes from. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Takes links and forms of Signature Version 2, which only S3's oldest regions still do. Default false. */
  readonly sigV2Links?: boolean;
  /** Another store that is played; its region is the server's then. Default: AWS S3. */
  readonly personality?: Personality;
  /** Faults on demand. Default: none, and no request can ask for one. */
  readonly faults?: Faults;
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
  /** PEM. Default: plain HTTP. */
  readonly tls?: TlsKeys;
  /** Connections at a time. Default: 10,000, as far as the process has descriptors for them. */
  readonly maxConnections?: number;
  readonly timeouts?: ConnectionTimeouts;
  /** Gets every management and data event of CloudTrail as a line of JSON. Default: none. */
  readonly trailFile?: string;
  /** A line for every request. Default format: that of S3's server access logs. */
  readonly accessLog?: { readonly file: string; readonly format?: AccessLogFormat };
  /** A port for operators: liveness, readiness and metrics. Default: none. */
  readonly admin?: AdminOptions;
  /** Gets one event per request and per fault. Default: nothing is logged. */
  readonly logger?: (event: ServerEvent) => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:9000`, or `https://...`. */
  readonly endpoint: string;
  readonly port: number;
  readonly engine: Engine;
  readonly identities: IamDirectory;
  /**
   * Takes over another world, after those before it. Throws StorageError ConfigurationError for one that
   * does not fit the store, which then stays as it is.
   */
  takeWorld(world: World): Promise<void>;
  /** Takes another certificate for connections to come; for a server that has one. */
  renewTls(tls: TlsKeys): void;
  /** `http://127.0.0.1:9001`; undefined: there is no port for operators. */
  readonly adminEndpoint: string | undefined;
  /** Takes over what an identities file says now. Throws StorageError ConfigurationError. */
  declareIdentities(identities: IdentitiesFile): Promise<void>;
  /** Has trails, and buckets' access logs, write now what waits; with `atLast` also where it has just failed. */
  flushTrails(options?: { readonly atLast?: boolean }): Promise<void>;
  /** Goes on in new files where log files were moved away. */
  reopenLogs(): void;
  /** Carries lifecycle rules out now; tells of each bucket that has any. */
  runLifecycle(): Promise<readonly BucketSweep[]>;
  /** All that the store holds now, with the world that was taken over. */
  snapshot(): ServerSnapshot;
  /** Brings it back. Throws StorageError InvalidArgument for one of another server or version. */
  restore(snapshot: ServerSnapshot): Promise<void>;
  /** Lets running requests end, up to `serverLimits.shutdownGraceMs`, then closes the store. */
  close(): Promise<void>;
}

/**
 * Opens the store and serves it. Throws StorageError ConfigurationError when the address is taken or
 * the directory cannot be used; nothing is left open then.
 */
export async function startServer(wished: StartServerOptions): Promise<RunningServer> {
  const { logger } = wished;
  const options: StartServerOptions = {
    ...wished,
    ...(logger !== undefined && { logger: safeListener("The server's logger", logger) }),
  };
  const now = options.now ?? ((): Date => new Date());
  const storeNow = options.storeNow ?? now;
  const { personality } = options;
  const watch = new ServerWatch(options);
  try {
    const store = await openEngine(engineOptions(options, storeNow));
    const engine = personality === undefined ? store : personality.playOn(store);
    try {
      return await serve(options, { engine, watch, now, storeNow });
    } catch (error) {
      await engine.close();
      throw error;
    }
  } catch (error) {
    await watch.close();
    throw error;
  }
}

interface ServerParts {
  readonly engine: Engine;
  readonly watch: ServerWatch;
  readonly now: () => Date;
  readonly storeNow: () => Date;
}

async function serve(options: StartServerOptions, parts: ServerParts): Promise<RunningServer> {
  const { engine, watch, now } = parts;
  const host = options.host ?? "127.0.0.1";
  const trustedProxies = parseTrustedProxies(options.trustedProxies ?? []);
  const context = makeContext(options, { engine, trustedProxies, now, watch });
  const { bucketLogs, identities, partition, recorder } = context;
  const declare = async (file: IdentitiesFile): Promise<void> => {
    const declared = declareIdentities(file, { partition });
    await applyDeclaration(identities, "identities", declared, now());
  };
  await declare(options.identities);
  const takeWorld = worldTaker(context, options);
  if (options.world !== undefined) await takeWorld(options.world);
  let closed: Promise<void> | undefined;
  const serving: { listener?: Listener } = {};
  await watch.start(engine, {
    inFlight: () => serving.listener?.inFlight() ?? 0,
    isStopping: () => closed !== undefined,
  });
  const listener = await listen({
    host,
    port: options.port ?? 0,
    handle: (exchange) => handleRequest(context, exchange),
    newRequestIds: () => newRequestIds(context),
    onDrop: () => context.log({ kind: "overload", time: now() }),
    ...(options.maxConnections !== undefined && { maxConnections: options.maxConnections }),
    tls: options.tls,
    ...(options.timeouts !== undefined && { timeouts: options.timeouts }),
  });
  serving.listener = listener;
  const work = startWork(options, parts);
  const close = async (): Promise<void> => {
    await Promise.all([work.stop(), listener.close(serverLimits.shutdownGraceMs)]);
    await Promise.all([recorder.close(), bucketLogs.flush()]);
    await Promise.all([watch.close(), engine.close()]);
  };
  return {
    endpoint: endpointOf(options, host, listener.port),
    adminEndpoint: watch.endpoint,
    port: listener.port,
    engine,
    identities,
    takeWorld,
    declareIdentities: declare,
    renewTls: (tls) => listener.renewTls(tls),
    flushTrails: async (flush) => {
      await Promise.all([recorder.flush(flush), bucketLogs.flush()]);
    },
    reopenLogs: () => {
      watch.reopenLogs();
      recorder.reopenFiles();
    },
    ...snapshotsOf(context),
    runLifecycle: () => work.runLifecycle(),
    close: () => (closed ??= close()),
  };
}

/** What the server does by itself. */
function startWork(options: StartServerOptions, { engine, storeNow }: ServerParts) {
  const sweeper = startSweeper(options, engine, storeNow);
  const background = startScrub(options, engine);
  const tidying = tidyRegularly(options.personality, engine, {
    now: storeNow,
    manual: options.lifecycle === "off",
    onFailure: (error) => options.logger?.({ kind: "scrub", file: undefined, error }),
  });
  return {
    runLifecycle: async (): Promise<readonly BucketSweep[]> => {
      await tidying.run();
      return await sweeper.sweep();
    },
    stop: async (): Promise<void> => {
      tidying.stop();
      await Promise.all([sweeper.stop(), background?.stop()]);
    },
  };
}

function endpointOf({ tls }: StartServerOptions, host: string, port: number): string {
  const scheme = tls === undefined ? "http" : "https";
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
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

function engineOptions(options: StartServerOptions, now: () => Date): EngineOptions {
  const { directory, masterKeyFile, durability, disk } = options;
  return {
    now,
    ...(directory !== undefined && { directory }),
    ...(masterKeyFile !== undefined && { masterKeyFile }),
    ...(durability !== undefined && { durability }),
    ...(disk !== undefined && { disk }),
  };
}
