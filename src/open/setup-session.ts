import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { makeFolder } from "../disk/make-folder.ts";
import type { BucketAdmin } from "../core/bucket-admin.ts";
import { StorageError } from "../core/errors.ts";
import { setupLimits } from "../core/setup-limits.ts";
import { takeReading } from "../core/reading.ts";
import type { SetupTarget } from "../setup/aspect.ts";
import type { DriftBaseline } from "../setup/drift/drift-baseline.ts";
import { type DriftReport, findDrift } from "../setup/drift/find-drift.ts";
import type { Restoration, SeenBucket } from "../setup/drift/restoration.ts";
import { recordedOwn } from "../setup/drift/recorded-own.ts";
import { restore } from "../setup/drift/restore.ts";
import {
  readUnplanned,
  type UndeclaredState,
  undeclaredState,
  unseenUnplanned,
} from "../setup/drift/undeclared-state.ts";
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
import { adminConnection, openBucketAdmin } from "./open-bucket-admin.ts";
import { openObjectStore } from "./open-object-store.ts";

/** Plan, apply and verify on one store; close it when done. */
export interface SetupSession {
  /** The account that the bucket must belong to; every bucket call says so. */
  readonly owner: string | undefined;
  /** Looks at the bucket; changes nothing. */
  plan(desired: DesiredState, options?: PlanOptions): Promise<SetupPlan>;
  /** Does what a plan says; documents that it replaces are kept in the folder of backups. */
  apply(plan: SetupPlan, onEvent?: (event: ApplyEvent) => void): Promise<ApplyResult>;
  /** What is not as declared or as recorded; changes nothing. */
  drift(desired: DesiredState, baseline: DriftBaseline | undefined): Promise<Drift>;
  /** Puts back what nobody declared; the document that it replaces is kept. Answers its path. See `restore`. */
  restore(restoration: Restoration): Promise<string | undefined>;
  /**
   * Throws NotFound where there is no such bucket, PermissionDenied where it is not of the account of
   * `owner` or may not be seen, ConfigurationError where it is in another region.
   */
  assertOwn(bucket: string, operation: "drift" | "teardown"): Promise<void>;
  /** Copies of policy and lifecycle rules in the folder of backups; answers their paths. */
  keepDocuments(bucket: string): Promise<readonly string[]>;
  /** Reads settings back and tries the bucket. */
  verify(desired: DesiredState, options?: VerifyOptions): Promise<VerifyReport>;
  close(): void;
}

export interface Drift {
  readonly report: DriftReport;
  readonly undeclared: UndeclaredState;
  /** For `planRestorations`. */
  readonly seen: SeenBucket;
}

interface VerifyOptions {
  /** Ask again when a new object is not found: right after versioning was enabled. Default true. */
  readonly patient?: boolean;
  readonly baseline?: DriftBaseline | undefined;
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
  const { createPolicySources } = await import("../aws/policy-calls.ts");
  const connection = adminConnection(settings, listener);
  const retryForMs = Math.min(connection.retryForMs ?? 0, setupLimits.ownAccessRetryMs);
  const policies = createPolicySources({ ...connection, retryForMs });
  const target = {
    admin,
    policies,
    envFile: envFile === undefined ? undefined : dotenvFile(envFile),
  };
  const tools = { sleep: (ms: number) => delay(ms, undefined, { signal }), signal };
  return {
    owner,
    plan: async (desired, planOptions) =>
      planSetup(desired, await observe(target, desired), planOptions),
    drift: (desired, baseline) => driftOf(target, desired, baseline),
    restore: async (restoration) => {
      let path: string | undefined;
      await restore(target, restoration, async (document) => {
        const { bucket, setting: aspect } = restoration;
        path = await keepDocument(backupFolder, { bucket, aspect, document });
      });
      return path;
    },
    assertOwn: (bucket, operation) => assertOwn(admin, { bucket, operation, owner }),
    keepDocuments: (bucket) => keepDocuments(admin, bucket, backupFolder),
    apply: (plan, onStep) =>
      applyPlan(plan, target, {
        tools,
        backup: (replaced) => keepDocument(backupFolder, replaced),
        ...(onStep !== undefined && { onEvent: onStep }),
      }),
    verify: async (desired, verifyOptions) => {
      const store = await openObjectStore(settings, {
        bucket: desired.bucket,
        ...(owner !== undefined && { expectedBucketOwner: owner }),
        ...listener,
      });
      try {
        const randomPart = randomBytes(6).toString("hex");
        return await verifySetup(desired, target, store, { tools, randomPart, ...verifyOptions });
      } finally {
        await store.close();
      }
    },
    close: () => {
      policies.close();
      admin.close();
    },
  };
}

async function driftOf(
  target: SetupTarget,
  desired: DesiredState,
  baseline: DriftBaseline | undefined,
): Promise<Drift> {
  const observed = await observe(target, desired);
  const plan = planSetup(desired, observed, { recorded: recordedOwn(baseline) });
  const isThere = observed.presence.state === "present";
  const readings = isThere ? await readUnplanned(target, desired.bucket) : unseenUnplanned;
  const undeclared = undeclaredState(plan, observed, readings);
  const seen = { desired, observed, unplanned: readings };
  return { report: findDrift(plan, undeclared, baseline), undeclared, seen };
}

interface AskedBucket {
  readonly bucket: string;
  readonly operation: string;
  readonly owner: string | undefined;
}

async function assertOwn(admin: BucketAdmin, { owner, ...where }: AskedBucket): Promise<void> {
  const { bucket } = where;
  const presence = await admin.headBucket(bucket);
  if (presence.state === "present") return;
  if (presence.state === "absent") {
    throw new StorageError("NotFound", `There is no bucket ${bucket}.`, {
      ...where,
      remedy: "sms-storage ls s3:// lists the buckets that there are.",
    });
  }
  if (presence.state === "elsewhere" && presence.region !== undefined) {
    throw new StorageError("ConfigurationError", `The bucket ${bucket} is in ${presence.region}.`, {
      ...where,
      remedy: `Give --region ${presence.region}, or correct STORAGE_S3_REGION.`,
    });
  }
  const whose = owner === undefined ? "" : ` is not of account ${owner}, or`;
  throw new StorageError(
    "PermissionDenied",
    `The bucket ${bucket}${whose} may not be seen; it was left alone.`,
    {
      ...where,
      remedy: "Check the name, --owner, --region and the account that you are signed in to.",
    },
  );
}

async function keepDocuments(
  admin: BucketAdmin,
  bucket: string,
  backupFolder: string,
): Promise<string[]> {
  const kept: string[] = [];
  for (const name of ["policy", "lifecycle"] as const) {
    const reading = await takeReading(() => admin.read(bucket, name));
    if (reading.state !== "set") continue;
    kept.push(await keepDocument(backupFolder, { bucket, aspect: name, document: reading.value }));
  }
  return kept;
}

/** A document that is about to be replaced. Answers its path. */
async function keepDocument(
  backupFolder: string,
  replaced: Omit<ReplacedDocument, "aspect"> & { readonly aspect: string },
): Promise<string> {
  const folder = join(backupFolder, replaced.bucket);
  makeFolder(folder, 0o700);
  const stamp = new Date().toISOString().replaceAll(":", "-");
  const path = join(folder, `${stamp}-${replaced.aspect}.json`);
  const { document } = replaced;
  const text = typeof document === "string" ? document : JSON.stringify(document, null, 2);
  await writeFile(path, `${text}\n`, { mode: 0o600, flag: "wx" });
  return path;
}
