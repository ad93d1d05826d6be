import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { BucketAdmin } from "../../core/bucket-admin.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import type { Settings } from "../../settings/settings.ts";
import type { SetupTarget, SetupTools } from "../../setup/aspect.ts";
import type { ApplyOptions, ReplacedDocument } from "../../setup/apply.ts";
import type { CommandContext } from "../context.ts";
import { defaultDataFolder } from "../data-folder.ts";
import { dotenvFile, dotenvPath } from "./dotenv-file.ts";

/** What plan, apply and verify work with; one per command run. */
export interface SetupSession {
  readonly target: SetupTarget;
  readonly tools: SetupTools;
  readonly backup: NonNullable<ApplyOptions["backup"]>;
  /** For the names of the probes' files. */
  readonly randomPart: string;
  openStore(bucket: string): Promise<ObjectStore>;
  close(): void;
}

export interface SetupSessionOptions {
  readonly settings: Settings;
  /** Twelve digits; every bucket call then carries it. */
  readonly owner?: string | undefined;
  /** False: no `.env` is looked at or written. */
  readonly envFile: boolean;
}

export async function openSetupSession(
  context: CommandContext,
  { settings, owner, envFile }: SetupSessionOptions,
): Promise<SetupSession> {
  const { openBucketAdmin } = await import("../../open/open-bucket-admin.ts");
  const { openObjectStore } = await import("../../open/open-object-store.ts");
  const ownerOption = owner === undefined ? {} : { expectedBucketOwner: owner };
  const admin: BucketAdmin = await openBucketAdmin(settings, ownerOption);
  const { signal, environment } = context.runtime;
  return {
    target: { admin, envFile: envFile ? dotenvFile(dotenvPath(context)) : undefined },
    tools: { sleep: (ms) => delay(ms, undefined, { signal }), signal },
    backup: (replaced) => keepDocument(defaultDataFolder(environment), replaced),
    randomPart: randomBytes(6).toString("hex"),
    openStore: (bucket) => openObjectStore(settings, { bucket }),
    close: () => admin.close(),
  };
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
