import {
  type Check,
  checkOptions,
  isCallback,
  isFilledText,
  isFlag,
  isOneOf,
  isPlainObject,
  isRegion,
  isSignal,
  isWholeNumber,
  ownOptions,
  type OptionChecks,
} from "../core/check-options.ts";
import type { Credentials } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import { mib } from "../core/limits.ts";
import { onAbort } from "../core/on-abort.ts";
import { abortedCall } from "../core/stopped-call.ts";
import { defaultDataFolder } from "../open/data-folder.ts";
import type { EmbeddedServer, EmbeddedServerOptions } from "../open/embedded-server.ts";
import type { ServerEvent } from "../server/server-event.ts";

/** How the embedded server runs: by the names of the flags of `sms-storage server`. */
export interface ServerOptions {
  /** Where the data live. Default: the user's data folder. */
  readonly dataDir?: string;
  /** Keeps nothing: a temporary folder, removed at the end. Default false. */
  readonly ephemeral?: boolean;
  /** Default 9000; 0: any free one. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Keys of the administrator, in place of those of `identities.json`, for this run. */
  readonly credentials?: Pick<Credentials, "accessKeyId" | "secretAccessKey">;
  /** Plays another store: `qumulo`, or a version of it as `qumulo@7.1.2`. Default: AWS. */
  readonly personality?: string;
  /** How that store refuses to overwrite: `CODE[:STATUS]`. Default `AccessDenied:403`. */
  readonly overwriteRefusal?: string;
  /** A PEM certificate with its chain, and its key: speaks HTTPS. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** Speaks HTTPS with a certificate made here, whose authority is `caFile` of the answer. */
  readonly tlsSelfSigned?: boolean;
  /** Networks whose proxies are believed where a request comes from. Default: none. */
  readonly trustedProxy?: readonly string[];
  /** Takes links and forms of Signature Version 2. Default false. */
  readonly allowSigv2Links?: boolean;
  /** Listens beyond this machine without TLS. Default false: that is refused. */
  readonly allowPlainHttp?: boolean;
  /** Open at a time. Default 10,000, as far as descriptors allow. */
  readonly maxConnections?: number;
  /** Where the key of the encryption at rest is kept. Default: with the data. */
  readonly masterKeyFile?: string;
  /** A world file: accounts, policies, keys and more; read again when it changes. */
  readonly world?: string;
  /** How sign-ins at the SSO portal are approved. Default: nobody signs in there. */
  readonly sso?: "page" | "automatic";
  /** Serves liveness, readiness and metrics; 0: any free port. Default: nowhere. */
  readonly adminPort?: number;
  /** Default `127.0.0.1`. */
  readonly adminHost?: string;
  /** A file that gets a line for every request. */
  readonly accessLog?: string;
  /** Default `s3`. */
  readonly accessLogFormat?: "s3" | "json";
  /** A file that gets every CloudTrail event. */
  readonly trailFile?: string;
  /** A file of what shall go wrong; see docs/faults.md. */
  readonly faults?: string;
  /** Seconds of a day for lifecycle rules. Default: a real day. */
  readonly lifecycleDay?: number;
  /** MiB a second that are read in the background to find decay. Default 1; 0: none. */
  readonly scrub?: number;
  /** Told of each request, and of what happens beside them. */
  readonly logger?: (event: ServerEvent) => void;
  /** Closes the server; before it is ready the start fails with Aborted. */
  readonly signal?: AbortSignal;
}

/** A server that answers. */
export interface StorageServer extends AsyncDisposable {
  /** `http://127.0.0.1:9000` */
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  readonly dataDir: string;
  /** Of an administrator. */
  readonly credentials: Credentials;
  /** A session of the account's SSO-like role, where it has one. */
  readonly roleSession: Credentials | undefined;
  /** `http://127.0.0.1:9001`; undefined: there is no port for operators. */
  readonly adminEndpoint: string | undefined;
  /** The authority that clients have to trust, where the certificate was made here. */
  readonly caFile: string | undefined;
  /** The `STORAGE_*` variables that lead `getSettings()` to a bucket of this server, keys included. */
  environment(bucket: string): Readonly<Record<string, string>>;
  /** Reads certificate, identities and world again, and goes on in new log files. */
  renew(): Promise<void>;
  /** Lets running requests end, then stops; what was acknowledged is on disk. Safe to call twice. */
  close(): Promise<void>;
}

const isTextOf = (form: RegExp, value: unknown): boolean =>
  typeof value === "string" && form.test(value);
const isPort = isWholeNumber(0, 65_535);
const isKeys: Check = (value) =>
  isPlainObject(value) &&
  isTextOf(/^\w{3,128}$/, value["accessKeyId"]) &&
  isTextOf(/^[!-~]{8,128}$/, value["secretAccessKey"])
    ? undefined
    : "{ accessKeyId, secretAccessKey } of at least 3 and 8 characters";
const areNetworks: Check = (value) =>
  Array.isArray(value) && value.every((network) => isFilledText(network) === undefined)
    ? undefined
    : "an array of addresses and networks such as 10.0.0.0/8";
const isRate =
  (most: number, words: string): Check =>
  (value) =>
    typeof value === "number" && value >= 0 && value <= most ? undefined : words;

const serverChecks: OptionChecks<ServerOptions> = {
  dataDir: isFilledText,
  ephemeral: isFlag,
  port: isPort,
  host: isFilledText,
  region: isRegion,
  credentials: isKeys,
  personality: isFilledText,
  overwriteRefusal: isFilledText,
  tlsCert: isFilledText,
  tlsKey: isFilledText,
  tlsSelfSigned: isFlag,
  trustedProxy: areNetworks,
  allowSigv2Links: isFlag,
  allowPlainHttp: isFlag,
  maxConnections: isWholeNumber(1, 9_999_999),
  masterKeyFile: isFilledText,
  world: isFilledText,
  sso: isOneOf("page", "automatic"),
  adminPort: isPort,
  adminHost: isFilledText,
  accessLog: isFilledText,
  accessLogFormat: isOneOf("s3", "json"),
  trailFile: isFilledText,
  faults: isFilledText,
  lifecycleDay: isWholeNumber(1, 86_400),
  scrub: isRate(10_000, "a number of MiB from 0 to 10000"),
  logger: isCallback,
  signal: isSignal,
};

/**
 * Starts the embedded S3 server in this process, and answers when it is ready. Throws
 * ConfigurationError when the address is taken or the folder cannot be used, Conflict when another
 * server has it, InvalidArgument.
 *
 * @example
 * await using server = await startServer({ dataDir: "data", port: 0 });
 * const settings = getSettings({ environment: server.environment("runs"), envFile: false });
 * await using files = await openStorage(settings);
 */
export async function startServer(options: ServerOptions = {}): Promise<StorageServer> {
  const given = ownOptions(options);
  checkOptions("startServer", given, serverChecks);
  const { signal } = given;
  const embedded = embeddedOptions(given);
  assertRunning(signal);
  const { startEmbeddedServer } = await import("../open/embedded-server.ts");
  const { embeddedEnvironment } = await import("../open/embedded-settings.ts");
  const started = await startEmbeddedServer(embedded);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= started.close());
  try {
    assertRunning(signal);
  } catch (error) {
    await close();
    throw error;
  }
  const release = signal && onAbort(signal, () => void close());
  return serverOf(
    started,
    (bucket) => embeddedEnvironment(started, bucket),
    async () => {
      release?.();
      await close();
    },
  );
}

function serverOf(
  started: EmbeddedServer,
  environment: StorageServer["environment"],
  close: () => Promise<void>,
): StorageServer {
  const { server, directory, region, administrator, roleSession, caFile } = started;
  const { endpoint, port, adminEndpoint } = server;
  return {
    endpoint,
    port,
    region,
    dataDir: directory,
    credentials: administrator,
    roleSession,
    adminEndpoint,
    caFile,
    environment,
    close,
    renew: async () => {
      server.reopenLogs();
      await started.renewTls();
      await started.renewIdentities();
      await started.renewWorld();
    },
    [Symbol.asyncDispose]: close,
  };
}

function assertRunning(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedCall("startServer", signal.reason);
}

function embeddedOptions(options: ServerOptions): EmbeddedServerOptions {
  const { dataDir, ephemeral = false } = options;
  if (ephemeral && dataDir !== undefined) throw contradiction("ephemeral", "dataDir");
  const { credentials, personality, overwriteRefusal, maxConnections, masterKeyFile } = options;
  const { trustedProxy = [], allowSigv2Links = false, allowPlainHttp = false } = options;
  return {
    ...placeOf(options),
    directory: ephemeral ? undefined : (dataDir ?? defaultDataFolder(process.env)),
    administratorKeys: credentials,
    personality,
    overwriteRefusal,
    tls: tlsOf(options),
    trustedProxies: trustedProxy,
    sigV2Links: allowSigv2Links,
    plainHttp: allowPlainHttp,
    maxConnections,
    masterKeyFile,
    worldFile: options.world,
    ssoApproval: options.sso ?? "off",
    trailFile: options.trailFile,
    faultsFile: options.faults,
    ...pacesOf(options),
  };
}

/** Where it listens, and who hears of it. */
function placeOf(options: ServerOptions) {
  const { port = 9000, host = "127.0.0.1", region = "us-east-1", logger } = options;
  const { adminPort, adminHost = "127.0.0.1", accessLog, accessLogFormat = "s3" } = options;
  if (port !== 0 && port === adminPort && host === adminHost) {
    throw contradiction("port", "adminPort");
  }
  return {
    port,
    host,
    region,
    admin: adminPort === undefined ? undefined : { port: adminPort, host: adminHost },
    accessLog: accessLog === undefined ? undefined : { file: accessLog, format: accessLogFormat },
    ...(logger !== undefined && { logger }),
  };
}

function pacesOf({ lifecycleDay, scrub }: ServerOptions) {
  return {
    ...(lifecycleDay !== undefined && { lifecycleDayMs: lifecycleDay * 1000 }),
    ...(scrub !== undefined && { scrubBytesPerSecond: scrub * mib }),
  };
}

function tlsOf({
  tlsCert,
  tlsKey,
  tlsSelfSigned = false,
}: ServerOptions): EmbeddedServerOptions["tls"] {
  if (tlsSelfSigned && (tlsCert ?? tlsKey) !== undefined) {
    throw contradiction("tlsSelfSigned", "tlsCert");
  }
  if (tlsSelfSigned) return { selfSigned: true };
  if (tlsCert !== undefined && tlsKey !== undefined) return { certFile: tlsCert, keyFile: tlsKey };
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  const message = "startServer: the options tlsCert and tlsKey belong together.";
  throw new StorageError("InvalidArgument", message, { operation: "startServer" });
}

function contradiction(one: string, other: string): StorageError {
  const message = `startServer: the options ${one} and ${other} contradict each other.`;
  return new StorageError("InvalidArgument", message, {
    operation: "startServer",
    remedy: "Leave one out, or change it.",
  });
}
