import { randomBytes } from "node:crypto";
import { createS3Store, type S3StoreOptions } from "../client/create-s3-store.ts";
import { createDigest } from "../client/create-digest.ts";
import { qumuloDialect } from "../client/dialects/qumulo.ts";
import { s3Dialect } from "../client/dialects/s3.ts";
import {
  type OptionChecks,
  checkArgument,
  checkOptions,
  isCallback,
  isFilledText,
  isFlag,
  isRegion,
  isWholeNumber,
  ownOptions,
} from "../core/check-options.ts";
import type { Credentials } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { BucketSweep } from "../engine/lifecycle/lifecycle-sweeper.ts";
import { createFileService } from "../files/create-file-service.ts";
import type { FileService } from "../files/file-service.ts";
import type { FaultRule, FaultSettings } from "../server/faults/fault-rule.ts";
import { type FaultCount, Faults } from "../server/faults/faults.ts";
import { parseFaultSettings } from "../server/faults/parse-fault-rules.ts";
import { createIdentitiesFile } from "../server/identities/create-identities.ts";
import type { ServerSnapshot } from "../server/server-snapshots.ts";
import { type RunningServer, startServer } from "../server/start-server.ts";
import { readWorldFile } from "../server/world/read-world-file.ts";
import type { World } from "../server/world/world.ts";
import {
  assertSaidOnce,
  assertSamePersonality,
  personalityOf,
} from "../server/world/world-play.ts";
import { testCredentials } from "./test-credentials.ts";

/** How the server of a test differs from the usual one. */
export interface TestServerOptions {
  /** Default `test-bucket`. */
  readonly bucket?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Takes links of Signature Version 2, as boto3 makes them by default. Default false. */
  readonly sigV2Links?: boolean;
  /**
   * The clock of what is stored: times of objects, and what lifecycle rules go by. Setting it on by
   * months bothers no client: signatures and links are judged by the real time. Default: real time.
   */
  readonly now?: () => Date;
  /** Which store it plays: `aws` (default), `qumulo`, or a version of it as `qumulo@7.1.2`. */
  readonly personality?: string;
  /** How the Qumulo personality refuses to overwrite: `CODE[:STATUS]`. Default `AccessDenied:403`. */
  readonly overwriteRefusal?: string;
  /**
   * Accounts, policies, keys and more, beside the account that is always there: the path of a world
   * file, or what stands in one as a value.
   */
  readonly world?: WorldSource;
  /** Faults on demand; see docs/faults.md. Default: none; `faults.set()` brings some later. */
  readonly faults?: FaultSettings | readonly FaultRule[];
}

/** The path of a world file, or its content: `{ version: 1, accounts: { ... } }`. */
export type WorldSource = string | Readonly<Record<string, unknown>>;

const serverChecks: OptionChecks<TestServerOptions> = {
  bucket: isFilledText,
  region: isRegion,
  port: isWholeNumber(0, 65_535),
  sigV2Links: isFlag,
  now: isCallback,
  personality: isFilledText,
  overwriteRefusal: isFilledText,
  world: (value) =>
    (typeof value === "object" && value !== null) || (typeof value === "string" && value !== "")
      ? undefined
      : "the path of a world file, or a world",
  faults: () => undefined,
};

/** Faults on demand of a test's server. */
export interface TestFaults {
  /** Other rules from now on; none ends all faults. */
  set(rules: readonly FaultRule[]): void;
  /** How often each rule fitted a call, and struck it. */
  counts(): readonly FaultCount[];
}

/** What a test's server held at a moment; of no use to another server, nor after its end. */
export type TestSnapshot = ServerSnapshot;

/** An S3 server of its own for a test: in memory, on loopback, with random keys. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly region: string;
  /** The bucket that is there from the start. */
  readonly bucket: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Of an administrator. */
  readonly credentials: Credentials;
  /** Temporary keys of an SSO role, with a session token. */
  readonly ssoCredentials: Credentials;
  /** Files in the bucket. */
  readonly service: FileService;
  /** The `STORAGE_...` variables that lead `getSettings()` here, keys included. */
  readonly env: Readonly<Record<string, string>>;
  /** The data plane of a bucket, with the administrator's keys; `close()` closes it too. */
  store(bucket?: string): ObjectStore;
  /**
   * The first active keys of a user of the world, `credentialsOf("111122223333", "alice")`, or without a
   * name of an account's root user. Throws InvalidArgument when there are none.
   */
  credentialsOf(accountId: string, userName?: string): Credentials;
  /** Takes over another world in place of the one before. */
  takeWorld(world: WorldSource): Promise<void>;
  /** Makes another bucket. */
  createBucket(name: string): Promise<void>;
  /** What goes wrong on purpose. */
  readonly faults: TestFaults;
  /**
   * Carries out the lifecycle rules of all buckets by the clock `now`, which only happens when asked
   * for. Tells what was done in each bucket that has enabled rules.
   */
  runLifecycle(): Promise<readonly BucketSweep[]>;
  /** All that the server holds now, to come back to; large objects are not copied. */
  snapshot(): TestSnapshot;
  /**
   * Brings the server back to a snapshot: objects, settings, identities, keys and the world. Faults stay
   * as they are. Throws InvalidArgument for a snapshot of another server or version.
   */
  restore(snapshot: TestSnapshot): Promise<void>;
  /** Brings the server back to where it was when it was ready, its faults too. */
  reset(): Promise<void>;
  /** Ends open calls, stops the server, forgets all data. */
  close(): Promise<void>;
}

/**
 * Starts the embedded server in memory with one empty bucket.
 *
 * @example
 * const started = await startTestServer();
 * await started.service.uploadBytes("hello", "a.txt");
 * await started.close();
 *
 * @example
 * // Lifecycle rules, tried without waiting.
 * let today = new Date("2026-01-01");
 * const started = await startTestServer({ now: () => today });
 * // Put rules and objects, then:
 * today = new Date("2026-01-09");
 * await started.runLifecycle();
 */
export async function startTestServer(wished: TestServerOptions = {}): Promise<TestServer> {
  const options = ownOptions(wished);
  checkOptions("startTestServer", options, serverChecks);
  const { bucket = "test-bucket", region = "us-east-1", port = 0 } = options;
  const world = await givenWorld(options);
  const personality = personalityOf(world, options);
  const faults = new Faults(parseFaultSettings(options.faults ?? [], "startTestServer: faults"));
  const dialect = personality === undefined ? s3Dialect : qumuloDialect;
  const file = createIdentitiesFile(randomBytes, new Date());
  const { accountId, admin, sso } = testCredentials(file);
  const server = await startServer({
    durability: "memory",
    host: "127.0.0.1",
    port,
    region,
    identities: file,
    lifecycle: "off",
    faults,
    ...(personality !== undefined && { personality }),
    ...(world !== undefined && { world }),
    ...(options.sigV2Links !== undefined && { sigV2Links: options.sigV2Links }),
    ...(options.now !== undefined && { storeNow: options.now }),
  });
  const { endpoint, engine } = server;
  const { store, closeStores } = storesOf({
    bucket,
    region,
    endpoint,
    dialect,
    credentials: admin,
  });
  const createBucket = async (name: string): Promise<void> => {
    const settings = { ownership: "BucketOwnerEnforced" } as const;
    await engine.createBucket({ name, region, ownerAccountId: accountId, settings });
  };
  await createBucket(bucket);
  const service = createFileService(store(), { createDigest });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= closeAll();
    return closed;
  };
  async function closeAll(): Promise<void> {
    await service.close();
    await closeStores();
    await server.close();
  }
  return {
    endpoint,
    region,
    bucket,
    accountId,
    credentials: admin,
    ssoCredentials: sso,
    service,
    env: variablesOf(dialect.name, { endpoint, bucket, region, credentials: admin }),
    store,
    credentialsOf: (account, user) => userCredentials(server, account, user),
    takeWorld: async (source) => await takeOver(server, world, await readWorld(source, options)),
    createBucket,
    faults: {
      set: (rules) => faults.set(parseFaultSettings(rules, "faults.set").rules),
      counts: () => faults.counts(),
    },
    ...wayBack(server, faults),
    runLifecycle: () => server.runLifecycle(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The data plane of any bucket, and how all that were opened are closed. */
function storesOf({
  bucket,
  credentials,
  ...place
}: Omit<S3StoreOptions, "credentials"> & { readonly credentials: Credentials }) {
  const opened: ObjectStore[] = [];
  const store = (name = bucket): ObjectStore => {
    const made = createS3Store({
      ...place,
      bucket: name,
      credentials: () => Promise.resolve(credentials),
    });
    opened.push(made);
    return made;
  };
  const closeStores = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.close()));
  };
  return { store, closeStores };
}

function variablesOf(
  dialect: string,
  { endpoint, bucket, region, credentials }: StoreAddress,
): Readonly<Record<string, string>> {
  if (dialect === "qumulo") {
    return {
      STORAGE_BACKEND: "qumulo",
      STORAGE_QUMULO_BUCKET: bucket,
      STORAGE_QUMULO_ENDPOINT_URL: endpoint,
      STORAGE_QUMULO_ACCESS_KEY_ID: credentials.accessKeyId,
      STORAGE_QUMULO_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  }
  return {
    STORAGE_BACKEND: "s3",
    STORAGE_S3_BUCKET: bucket,
    STORAGE_S3_REGION: region,
    STORAGE_S3_ENDPOINT_URL: endpoint,
    STORAGE_S3_ACCESS_KEY_ID: credentials.accessKeyId,
    STORAGE_S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

type StoreAddress = Pick<TestServer, "endpoint" | "bucket" | "region" | "credentials">;

/** To what the server is now, and to any moment from now on. */
function wayBack(
  server: RunningServer,
  faults: Faults,
): Pick<TestServer, "snapshot" | "restore" | "reset"> {
  const ready = server.snapshot();
  return {
    snapshot: () => server.snapshot(),
    restore: async (snapshot) => await restoreTo(server, snapshot),
    reset: async () => {
      await server.restore(ready);
      faults.declare(ready.world?.faults);
      faults.reset();
    },
  };
}

/** Also for what is no snapshot at all. */
async function restoreTo(server: RunningServer, snapshot: TestSnapshot): Promise<void> {
  checkArgument("restore", "the snapshot", snapshot, (value) =>
    typeof value === "object" && value !== null && "store" in value
      ? undefined
      : "what `snapshot()` gave",
  );
  await server.restore(snapshot);
}

async function givenWorld(options: TestServerOptions): Promise<World | undefined> {
  return options.world === undefined ? undefined : await readWorld(options.world, options);
}

async function takeOver(
  server: RunningServer,
  started: World | undefined,
  world: World,
): Promise<void> {
  assertSamePersonality(started, world);
  await server.takeWorld(world);
}

/** Throws StorageError ConfigurationError with the faults of a world, and for what `options` say as well. */
async function readWorld(source: WorldSource, options: TestServerOptions): Promise<World> {
  const { worldOf } = await import("../server/world/world-of.ts");
  const { region = "us-east-1", faults } = options;
  const world =
    typeof source === "string" ? await readWorldFile(source, region) : worldOf(source, { region });
  assertSaidOnce(world, options);
  if (world.faults === undefined || faults === undefined) return world;
  throw new StorageError("ConfigurationError", "The world and the option faults both say faults.", {
    remedy: "Leave out the option, or take faults out of the world.",
  });
}

function userCredentials(
  { identities }: RunningServer,
  accountId: string,
  userName: string | undefined,
): Credentials {
  const holder =
    userName === undefined
      ? identities.findAccount(accountId)
      : identities.findUser(accountId, userName);
  for (const accessKeyId of holder?.accessKeys ?? []) {
    const found = identities.findByAccessKey(accessKeyId, new Date());
    if (found !== undefined) return { accessKeyId, secretAccessKey: found.secretAccessKey };
  }
  const who = userName === undefined ? "The root user" : `User ${userName}`;
  const message = `${who} of account ${accountId} has no access key.`;
  throw new StorageError("InvalidArgument", message, { operation: "credentialsOf" });
}
