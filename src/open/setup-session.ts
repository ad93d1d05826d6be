import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ClientEvent } from "../client/client-event.ts";
import type { ExchangeListener } from "../core/exchange-event.ts";
import { dotenvFile } from "../settings/dotenv-file.ts";
import type { Settings } from "../settings/settings.ts";
import {
  applyPlan,
  type ApplyEvent,
  type ApplyResult,
  type ReplacedDocument,
} from "../setup/apply.ts";
import type { DesiredState } from "../setup/desired-state.ts";
import { observe } from "../setup/observe.ts";
import { planSetup, type PlanOptions, type SetupPlan } from "../setup/plan.ts";
import { verifySetup, type Check, type VerifyReport } from "../setup/verify.ts";
import { openBucketAdmin } from "./open-bucket-admin.ts";
import { openObjectStore } from "./open-object-store.ts";

/** Plan, apply and verify on one store; close it when done. */
export interface SetupSession {
  /** The account that the bucket must belong to; every bucket call says so. */
  readonly owner: string | undefined;
  /** Looks at the bucket; changes nothing. */
  plan(desired: DesiredState, options?: PlanOptions): Promise<SetupPlan>;
  /** Does what a plan says; documents that it replaces are kept in the folder of backups. */
  apply(plan: SetupPlan, onEvent?: (event: ApplyEvent) => void): Promise<ApplyResult>;
  /** Reads settings back and tries the bucket. */
  verify(desired: DesiredState, options?: VerifyOptions): Promise<VerifyReport>;
  close(): void;
}

interface VerifyOptions {
  /** Ask again when a new object is not found: right after versioning was enabled. Default true. */
  readonly patient?: boolean;
  readonly onCheck?: (check: Check) => void;
}

export interface SetupSessionOptions {
  readonly settings: Settings;
  /** Twelve digits. Default: the caller's account, where the store knows accounts. */
  readonly owner?: string | undefined;
  /** Undefined: no `.env` is looked at or written. */
  readonly envFile?: string | undefined;
  /** Where documents go that are about to be replaced; made when it is needed. */
  readonly backupFolder: string;
  readonly signal?: AbortSignal | undefined;
  /** Told of calls that are tried again. */
  readonly onEvent?: (event: ClientEvent) => void;
  /** Told of requests and answers. */
  readonly onExchange?: ExchangeListener;
}

/** Asks who the caller is. Throws ConfigurationError and what keeps it from asking. */
export async function openSetupSession(options: SetupSessionOptions): Promise<SetupSession> {
  const { settings, owner: asked, envFile, backupFolder, signal } = options;
  const { onEvent, onExchange } = options;
  const listener = {
    ...(onEvent !== undefined && { onEvent }),
    ...(onExchange !== undefined && { onExchange }),
  };
  const { admin, owner } = await openBucketAdmin(settings, {
    ...(asked !== undefined && { expectedBucketOwner: asked }),
    ...listener,
  });
  const target = { admin, envFile: envFile === undefined ? undefined : dotenvFile(envFile) };
  const tools = { sleep: (ms: number) => delay(ms, undefined, { signal }), signal };
  return {
    owner,
    plan: async (desired, planOptions) =>
      planSetup(desired, await observe(target, desired), planOptions),
    apply: (plan, onStep) =>
      applyPlan(plan, target, {
        tools,
        backup: (replaced) => keepDocument(backupFolder, replaced),
        ...(onStep !== undefined && { onEvent: onStep }),
      }),
    verify: async (desired, verifyOptions) => {
      const store = await openObjectStore(settings, { bucket: desired.bucket, ...listener });
      try {
        const randomPart = randomBytes(6).toString("hex");
        return await verifySetup(desired, target, store, { tools, randomPart, ...verifyOptions });
      } finally {
        await store.close();
      }
    },
    close: () => admin.close(),
  };
}

/** A document that is about to be replaced. Answers its path. */
async function keepDocument(backupFolder: string, replaced: ReplacedDocument): Promise<string> {
  const folder = join(backupFolder, replaced.bucket);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date().toISOString().replaceAll(":", "-");
  const path = join(folder, `${stamp}-${replaced.aspect}.json`);
  const { document } = replaced;
  const text = typeof document === "string" ? document : JSON.stringify(document, null, 2);
  await writeFile(path, `${text}\n`, { mode: 0o600, flag: "wx" });
  return path;
}
