import { isStorageError, type StorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { AspectPlan, SetupTarget, SetupTools } from "./aspect.ts";
import { isAws, type DesiredState } from "./desired-state.ts";
import { observe } from "./observe.ts";
import { planSetup } from "./plan.ts";
import { ProbeFailed, ProbeNotSupported, type Probe, type ProbeContext } from "./probes/probe.ts";
import { probes } from "./probes/probe-list.ts";
import { isNotSupported, reasonOf } from "./reading.ts";

export interface VerifyOptions {
  readonly tools: SetupTools;
  /** Letters and digits that nobody else uses, for the names of the probes' files. */
  readonly randomPart: string;
  /** Ask again when a new object is not found: right after versioning was enabled. Default true. */
  readonly patient?: boolean;
  readonly onCheck?: (check: Check) => void;
}

export interface Check {
  readonly kind: "setting" | "probe";
  /** Of the aspect or the probe. */
  readonly name: string;
  readonly title: string;
  /** `skipped`: wished for, but not possible here. `not-reached`: it could not be seen or tried. */
  readonly status: "passed" | "failed" | "not-supported" | "not-reached" | "skipped" | "unmanaged";
  readonly detail: string;
  /** Permissions that a passed probe has proved. */
  readonly proves: readonly string[];
  /** Permissions that it shows to be missing, as far as it can be told. */
  readonly missing: readonly string[];
  readonly error?: StorageError;
}

export interface VerifyReport {
  readonly bucket: string;
  readonly checks: readonly Check[];
  /** Nothing failed. */
  readonly passed: boolean;
}

/**
 * Proves the set-up: every setting is read back and compared with the wish, then files are written,
 * read, listed and deleted under the prefix of test files. Failures are part of the report; nothing
 * is left behind when deleting works. Throws only what is no StorageError, or Aborted.
 */
export async function verifySetup(
  desired: DesiredState,
  target: SetupTarget,
  store: ObjectStore,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const checks: Check[] = [];
  const report = (check: Check) => {
    checks.push(check);
    options.onCheck?.(check);
  };
  const plan = planSetup(desired, await observe(target, desired));
  for (const aspect of plan.aspects) report(checkSetting(aspect));
  const context: ProbeContext = {
    store,
    tools: options.tools,
    prefix: probePrefix(desired, options.randomPart),
    patient: options.patient ?? true,
    call: options.tools.signal === undefined ? {} : { signal: options.tools.signal },
    made: [],
  };
  const passed = new Set<string>();
  for (const probe of probes) {
    const check = explainRefusedUpload(await runProbe(probe, context, passed), desired);
    if (check.status === "passed") passed.add(probe.name);
    report(check);
  }
  return {
    bucket: desired.bucket,
    checks,
    passed: checks.every(({ status }) => status !== "failed"),
  };
}

/** Where the lifecycle rule deletes what a broken run leaves. */
function probePrefix(desired: DesiredState, randomPart: string): string {
  const prefix = desired.lifecycle === "unmanaged" ? "test/" : desired.lifecycle.testPrefix;
  return `${prefix}sms-storage-verify-${randomPart}/`;
}

function checkSetting(plan: AspectPlan): Check {
  const differing = plan.changes.map(({ item }) => item).join(", ");
  const statuses: Readonly<Record<AspectPlan["status"], Check["status"]>> = {
    same: "passed",
    change: "failed",
    blocked: "failed",
    unmanaged: "unmanaged",
    skipped: "skipped",
    "not-supported": "not-supported",
    unreadable: "not-reached",
  };
  const [blocker] = plan.blockers;
  return {
    kind: "setting",
    name: plan.aspect,
    title: plan.title,
    status: statuses[plan.status],
    detail: blocker?.message ?? (differing === "" ? plan.summary : `not as wished: ${differing}`),
    proves: [],
    missing: [],
  };
}

async function runProbe(
  probe: Probe,
  context: ProbeContext,
  passed: ReadonlySet<string>,
): Promise<Check> {
  const { name, title } = probe;
  const base = { kind: "probe" as const, name, title, proves: [], missing: [] };
  const unmet = probe.needs.filter((needed) => !passed.has(needed));
  if (unmet.length > 0) {
    return { ...base, status: "not-reached", detail: `needs ${unmet.join(", ")}` };
  }
  try {
    // A stop ends the probes but never the clean-up.
    if (name !== "clean-up") context.tools.signal?.throwIfAborted();
    return { ...base, status: "passed", proves: probe.proves, ...(await probe.run(context)) };
  } catch (error) {
    return { ...base, ...judgeFailure(error, probe, context) };
  }
}

function judgeFailure(
  error: unknown,
  probe: Probe,
  context: ProbeContext,
): Pick<Check, "status" | "detail" | "missing"> & { error?: StorageError } {
  if (error instanceof ProbeNotSupported || isNotSupported(error)) {
    return { status: "not-supported", detail: reasonOf(error), missing: [] };
  }
  if (error instanceof ProbeFailed) {
    return { status: "failed", detail: error.message, missing: error.missing };
  }
  if (context.tools.signal?.aborted === true) {
    return { status: "not-reached", detail: "stopped", missing: [] };
  }
  if (!isStorageError(error)) throw error;
  const denied = error.code === "PermissionDenied";
  const missing = denied ? deniedActions(error, probe) : [];
  const detail =
    missing.length > 0 ? `${error.message} Missing: ${missing.join(", ")}` : error.message;
  return { status: "failed", detail, missing, error };
}

/** AWS names the action within one account; else it is certain only where a probe proves just one. */
function deniedActions(error: StorageError, probe: Probe): readonly string[] {
  const named = /not\s+authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(error.message)?.[1];
  if (named !== undefined) return [named];
  return probe.proves.length === 1 ? probe.proves : [];
}

/**
 * Ceph's gateway before the fix of 2025-07 refuses every upload while BlockPublicAcls is on, so a
 * set-up that went well leaves a bucket that takes nothing. Source: ceph/ceph pull request 64290.
 */
function explainRefusedUpload(check: Check, desired: DesiredState): Check {
  const block = desired.publicAccessBlock;
  const suspect = !isAws(desired) && block !== "unmanaged" && block.BlockPublicAcls;
  if (check.name !== "small-upload" || check.error?.code !== "PermissionDenied" || !suspect) {
    return check;
  }
  const hint =
    "On a Ceph gateway this may be its fault 49135: with BlockPublicAcls on it refuses every upload." +
    " Delete the bucket's public access block and leave it unmanaged there.";
  return { ...check, detail: `${check.detail} ${hint}` };
}
