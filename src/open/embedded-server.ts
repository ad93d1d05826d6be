import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWorld } from "./follow-world.ts";
import { removeServerNote, type ServerNote, writeServerNote } from "./server-note.ts";
import { loadServerTls, type ServerTlsWish } from "./server-tls.ts";
import type { Credentials } from "../core/credentials.ts";
import type {
  AccessKeyEntry,
  AccountEntry,
  IdentitiesFile,
} from "../server/identities/identities-file.ts";
import type { RunningServer, StartServerOptions } from "../server/start-server.ts";
import type { Faults } from "../server/faults/faults.ts";
import type { ServerEvent } from "../server/server-event.ts";
import { StorageError } from "../core/errors.ts";
import { isRegionName } from "../core/partition.ts";

export interface EmbeddedServerOptions {
  /** Where data and identities live. Undefined: in a temporary folder that goes at the end. */
  readonly directory: string | undefined;
  /** Where the key of the encryption at rest is kept. Default: in the folder. */
  readonly masterKeyFile?: string | undefined;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly region: string;
  /**
   * A world file: accounts, an organisation, keys and more beside those of the folder. Taken over at the
   * start, and again whenever it has changed; a change that does not fit is told to `logger` and leaves
   * all as it is.
   */
  readonly worldFile?: string | undefined;
  /** See `StartServerOptions`; where no world says it. Default: off. */
  readonly ssoApproval?: StartServerOptions["ssoApproval"];
  /** Default: plain HTTP. */
  readonly tls?: ServerTlsWish | undefined;
  /** See `StartServerOptions`. */
  readonly trustedProxies?: readonly string[];
  readonly sigV2Links?: boolean;
  readonly maxConnections?: number | undefined;
  /** See `parsePersonality`; not where the world says it. Default: `aws`. */
  readonly personality?: string | undefined;
  readonly overwriteRefusal?: string | undefined;
  /** A file of faults on demand; see `parseFaultSettings`; not where the world says them. Default: none. */
  readonly faultsFile?: string | undefined;
  /** In place of those that the folder has for the administrator. Default: those. */
  readonly administratorKeys?: AccessKeyEntry | undefined;
  /** Default: a real day. */
  readonly lifecycleDayMs?: number;
  /** Bytes a second that are read in the background to find decay. Default 1 MiB; 0: none. */
  readonly scrubBytesPerSecond?: number;
  /** See `StartServerOptions`. */
  readonly trailFile?: string | undefined;
  readonly accessLog?: StartServerOptions["accessLog"] | undefined;
  readonly admin?: StartServerOptions["admin"] | undefined;
  /** Listens beyond this machine without TLS. Default false: that is refused. */
  readonly plainHttp?: boolean;
  readonly logger?: (event: ServerEvent) => void;
}

export interface EmbeddedServer {
  readonly server: RunningServer;
  readonly directory: string;
  readonly region: string;
  readonly identitiesFile: string;
  /** Absolute; undefined: there is none. */
  readonly worldFile: string | undefined;
  /** The authority that clients have to trust, where the server made its certificate itself. */
  readonly caFile: string | undefined;
  /** Name of the store that it plays; undefined: AWS S3. */
  readonly plays: string | undefined;
  readonly administrator: Credentials;
  /** A session of the account's SSO-like role. */
  readonly roleSession: Credentials | undefined;
  /** Reads the certificate again, for connections to come. Does nothing on plain HTTP. */
  renewTls(): Promise<void>;
  /** Takes over what identities.json says now. Throws StorageError ConfigurationError, and changes nothing. */
  renewIdentities(): Promise<void>;
  /** Looks at the world file at once. Does nothing without one. */
  renewWorld(): Promise<void>;
  /** Ends the server; of an ephemeral one nothing stays. */
  close(): Promise<void>;
}

/** The embedded server with the identities of its data folder, which are made at a first start. */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  assertRegion(options);
  assertReach(options);
  const { loadIdentities } = await import("../server/identities/load-identities.ts");
  const { startServer } = await import("../server/start-server.ts");
  const { personalityOf } = await import("../server/world/world-play.ts");
  // First of all, so that a world with faults leaves nothing behind.
  const followed = await loadWorld(options);
  const personality = personalityOf(followed?.world, options);
  const faults = await readFaults(options.faultsFile);
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "sms-storage-")));
  const clean = async () => {
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
  };
  try {
    const readIdentities = async (made: boolean) => {
      const found = await loadIdentities({ directory, now: new Date(), randomBytes, made });
      return withKeys(found, options.administratorKeys);
    };
    const identities = await readIdentities(true);
    // Before the server runs: an account that is unfit must not leave it listening.
    const keys = credentialsOf(identities.accounts[0]);
    const readTls = async () => options.tls && loadServerTls(options.tls, directory, options.host);
    const tls = await readTls();
    const server = await startServer({
      ...startOptions(options),
      directory: join(directory, "store"),
      worldKeysFile: join(directory, "world-keys.json"),
      identities,
      ...(tls !== undefined && { tls }),
      ...(personality !== undefined && { personality }),
      ...(followed !== undefined && { world: followed.world }),
      ...(faults !== undefined && { faults }),
    });
    const plays = personality?.name;
    const caFile = tls?.caFile;
    await noteServer(server, directory, { region: options.region, caFile, plays });
    const watched = followed?.follow(server, options.logger);
    return {
      server,
      directory,
      region: options.region,
      identitiesFile: join(directory, "identities.json"),
      worldFile: followed?.file,
      caFile,
      plays,
      ...keys,
      renewTls: async () => {
        const renewed = await readTls();
        if (renewed !== undefined) server.renewTls(renewed);
      },
      renewWorld: async () => watched?.look(),
      renewIdentities: async () => server.declareIdentities(await readIdentities(false)),
      close: async () => {
        await watched?.stop();
        await removeServerNote(directory);
        await server.close();
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** Throws StorageError ConfigurationError for a file that cannot be read, or does not say what it may. */
async function readFaults(path: string | undefined): Promise<Faults | undefined> {
  if (path === undefined) return undefined;
  const { Faults: Plan } = await import("../server/faults/faults.ts");
  const { parseFaultSettings } = await import("../server/faults/parse-fault-rules.ts");
  const { readJsonFile } = await import("../server/faults/read-json-file.ts");
  return new Plan(parseFaultSettings(await readJsonFile(path), path));
}

/** It becomes part of ARNs, headers and paths. Throws StorageError ConfigurationError. */
function assertRegion({ region }: EmbeddedServerOptions): void {
  if (isRegionName(region)) return;
  throw new StorageError(
    "ConfigurationError",
    `${JSON.stringify(region)} is no name of a region.`,
    {
      remedy: "Give one such as us-east-1: up to 63 letters, digits, - and _.",
    },
  );
}

/** What is sent without TLS can be read on the way. Throws StorageError ConfigurationError. */
function assertReach({ host, admin, tls, plainHttp = false }: EmbeddedServerOptions): void {
  if (plainHttp) return;
  // The port for operators speaks plain HTTP in any case, and says nothing of what is stored.
  const hosts = tls === undefined ? [host, admin?.host ?? host] : [];
  const open = hosts.find((each) => !isLoopbackHost(each));
  if (open === undefined) return;
  throw new StorageError(
    "ConfigurationError",
    `On ${open} other machines reach the server, and without TLS everybody on the way reads along.`,
    {
      remedy:
        "Give it a certificate (--tls-cert and --tls-key, or --tls-self-signed), or say --allow-plain-http " +
        "where a proxy in front ends TLS or the network is trusted.",
    },
  );
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** A server that cannot be noted does not run on. */
async function noteServer(
  server: RunningServer,
  directory: string,
  note: Pick<ServerNote, "region" | "caFile" | "plays">,
): Promise<void> {
  try {
    await writeServerNote(directory, { endpoint: server.endpoint, ...note });
  } catch (cause) {
    await server.close();
    throw new StorageError("ConfigurationError", `The data folder ${directory} takes no file.`, {
      remedy: "Free some space or choose a data folder that you may write to.",
      cause,
    });
  }
}

/** What goes on to the server as it came. */
function startOptions(options: EmbeddedServerOptions): Omit<StartServerOptions, "identities"> {
  const { host, port, region, trustedProxies = [], sigV2Links = false } = options;
  const { masterKeyFile, maxConnections, lifecycleDayMs, scrubBytesPerSecond } = options;
  const { trailFile, accessLog, admin, logger } = options;
  return {
    ssoApproval: options.ssoApproval ?? "off",
    host,
    port,
    region,
    trustedProxies,
    sigV2Links,
    ...(masterKeyFile !== undefined && { masterKeyFile }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(lifecycleDayMs !== undefined && { lifecycle: { dayMs: lifecycleDayMs } }),
    ...(scrubBytesPerSecond !== undefined && { scrubBytesPerSecond }),
    ...(trailFile !== undefined && { trailFile }),
    ...(accessLog !== undefined && { accessLog }),
    ...(admin !== undefined && { admin }),
    ...(logger !== undefined && { logger }),
  };
}

/** With these keys for the first account's administrator. */
function withKeys(file: IdentitiesFile, keys: AccessKeyEntry | undefined): IdentitiesFile {
  const [account, ...others] = file.accounts;
  const chosen = account?.users.find(({ access }) => access === "administrator");
  if (keys === undefined || account === undefined || chosen === undefined) return file;
  const { accessKeyId, secretAccessKey } = keys;
  const users = account.users.map((user) =>
    user === chosen ? { ...user, accessKeys: [{ accessKeyId, secretAccessKey }] } : user,
  );
  return { ...file, accounts: [{ ...account, users }, ...others] };
}

function credentialsOf(account: AccountEntry | undefined) {
  const administrator = account?.users.find(({ access }) => access === "administrator");
  const key = administrator?.accessKeys[0];
  if (key === undefined) {
    throw new StorageError(
      "ConfigurationError",
      "The identities file names no user with administrator access and a key.",
      { remedy: "Add one, or move the file away to get a new one at the next start." },
    );
  }
  const role = account?.roles.find(({ sessions }) => sessions.length > 0);
  const session = role?.sessions[0];
  return {
    administrator: { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey },
    roleSession: session && {
      accessKeyId: session.accessKeyId,
      secretAccessKey: session.secretAccessKey,
      sessionToken: session.sessionToken,
      expiration: new Date(session.expiresAt),
    },
  };
}
