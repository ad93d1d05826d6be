import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { BucketAdmin } from "../../core/bucket-admin.ts";
import type { EdgeTools } from "../../core/edge-tools.ts";
import { isStorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { dotenvFile } from "../../settings/dotenv-file.ts";
import type { Settings } from "../../settings/settings.ts";
import type { SetupTarget } from "../../setup/aspect.ts";
import type { ApplyOptions, ReplacedDocument } from "../../setup/apply.ts";
import type { CommandContext } from "../context.ts";
import { defaultDataFolder } from "../data-folder.ts";
import { dotenvPath } from "./dotenv-path.ts";

/** What plan, apply and verify work with; one per command run. */
export interface SetupSession {
  /** The account that the bucket must belong to; every bucket call says so. */
  readonly owner: string | undefined;
  readonly target: SetupTarget;
  readonly tools: EdgeTools;
  readonly backup: NonNullable<ApplyOptions["backup"]>;
  /** For the names of the probes' files. */
  readonly randomPart: string;
  openStore(bucket: string): Promise<ObjectStore>;
  close(): void;
}

export interface SetupSessionOptions {
  readonly settings: Settings;
  /** Twelve digits. Default: the caller's account, where the store knows accounts. */
  readonly owner?: string | undefined;
  /** False: no `.env` is looked at or written. */
  readonly envFile: boolean;
}

export async function openSetupSession(
  context: CommandContext,
  { settings, owner, envFile }: SetupSessionOptions,
): Promise<SetupSession> {
  const { openObjectStore } = await import("../../open/open-object-store.ts");
  const { admin, owner: account } = await openAdmin(settings, owner);
  const { signal, environment } = context.runtime;
  return {
    owner: account,
    target: { admin, envFile: envFile ? dotenvFile(dotenvPath(context)) : undefined },
    tools: { sleep: (ms) => delay(ms, undefined, { signal }), signal },
    backup: (replaced) => keepDocument(defaultDataFolder(environment), replaced),
    randomPart: randomBytes(6).toString("hex"),
    openStore: (bucket) => openObjectStore(settings, { bucket }),
    close: () => admin.close(),
  };
}

/** A squatted or mistyped name must not get our data: the account is asked for before anything. */
async function openAdmin(settings: Settings, asked: string | undefined) {
  const { openBucketAdmin } = await import("../../open/open-bucket-admin.ts");
  const owner = asked ?? (await callerAccount(await openBucketAdmin(settings)));
  const options = owner === undefined ? {} : { expectedBucketOwner: owner };
  return { owner, admin: await openBucketAdmin(settings, options) };
}

/** Undefined where the store has no STS or does not let us ask it. */
async function callerAccount(admin: BucketAdmin): Promise<string | undefined> {
  try {
    return (await admin.getCallerIdentity()).accountId;
  } catch (error) {
    if (isStorageError(error, "NotSupported", "PermissionDenied")) return undefined;
    throw error;
  } finally {
    admin.close();
  }
}

/** A document that is about to be replaced goes to the user's data folder. Answers its path. */
async function keepDocument(dataFolder: string, replaced: ReplacedDocument): Promise<string> {
  const folder = join(dataFolder, "backups", replaced.bucket);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date().toISOString().replaceAll(":", "-");
  const path = join(folder, `${stamp}-${replaced.aspect}.json`);
  const { document } = replaced;
  const text = typeof document === "string" ? document : JSON.stringify(document, null, 2);
  await writeFile(path, `${text}\n`, { mode: 0o600, flag: "wx" });
  return path;
}
