import type { EdgeTools } from "../core/edge-tools.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { AspectPlan, Change, SetupTarget } from "./aspect.ts";
import type { DriftBaseline } from "./drift/drift-baseline.ts";
import { hashOfFound } from "./drift/find-drift.ts";
import { driftId } from "./drift-id.ts";
import { recordedOwn } from "./drift/recorded-own.ts";
import { unstatedNames } from "./drift/unstated-names.ts";
import { isAws, type DesiredState } from "./desired-state.ts";
import { observe } from "./observe.ts";
import { planSetup } from "./plan.ts";
import type { Probe, ProbeContext } from "../probes/probe.ts";
import { probes } from "../probes/probe-list.ts";
import { testPrefixOf } from "./recall-lifecycle.ts";
import { runProbes, type ProbeFact } from "../probes/run-probes.ts";

export interface VerifyOptions {
  readonly tools: EdgeTools;
  /** Letters and digits that nobody else uses, for the names of the probes' files. */
  readonly randomPart: string;
  /** Ask again when a new object is not found: right after versioning was enabled. Default true. */
  readonly patient?: boolean;
  readonly onCheck?: (check: Check) => void;
  /** What was recorded, and what was accepted. */
  readonly baseline?: DriftBaseline | undefined;
}

/** A fact about a setting or of a probe. */
export interface Check extends Omit<ProbeFact, "status"> {
  readonly kind: "setting" | "probe";
  /** `skipped`: wished for, but not possible or not judged here. `not-reached`: it could not be seen or tried. */
  readonly status: ProbeFact["status"] | "skipped" | "unmanaged";
}

/** What was proven of a set-up. */
export interface VerifyReport {
  readonly bucket: string;
  /** False: there is no such bucket, so that nothing of it could be proven. */
  readonly isThere: boolean;
  readonly checks: readonly Check[];
  /**
   * Names, as in `sms-storage.yaml`, of what neither wish nor baseline says: they could not be compared, and
   * what was changed or removed of them goes unseen.
   */
  readonly unstated: readonly string[];
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
  const observed = await observe(target, desired);
  const { baseline } = options;
  const plan = planSetup(desired, observed, { recorded: recordedOwn(baseline) });
  const isAbsent = observed.presence.state === "absent";
  for (const aspect of plan.aspects) {
    report(isAbsent ? unseen(aspect) : withAccepted(checkSetting(aspect), aspect, baseline));
  }
  const { publicAccessBlock } = desired;
  const context: ProbeContext = {
    store,
    bucket: {
      onAws: isAws(desired),
      blocksPublicAcls: typeof publicAccessBlock === "object" && publicAccessBlock.BlockPublicAcls,
    },
    tools: options.tools,
    // Where the lifecycle rule deletes what a broken run leaves.
    prefix: `${testPrefixOf(desired, observed)}sms-storage-verify-${options.randomPart}/`,
    patient: options.patient ?? true,
    call: options.tools.signal === undefined ? {} : { signal: options.tools.signal },
    made: [],
    unfinished: [],
  };
  if (isAbsent) for (const probe of probes) report(untried(probe));
  else for await (const fact of runProbes(probes, context)) report({ kind: "probe", ...fact });
  return {
    bucket: desired.bucket,
    isThere: !isAbsent,
    checks,
    unstated: isAbsent ? [] : unstatedNames(plan, baseline),
    passed: checks.every(({ status }) => status !== "failed"),
  };
}

/** What somebody said may stay as it is. */
function withAccepted(
  check: Check,
  { aspect, changes }: AspectPlan,
  baseline: DriftBaseline | undefined,
): Check {
  const isAccepted = ({ item, before }: Change): boolean =>
    baseline?.accepted[driftId(aspect, item)]?.found === hashOfFound(before);
  if (check.status !== "failed" || changes.length === 0 || !changes.every(isAccepted)) return check;
  return { ...check, status: "passed", detail: `${check.detail}; accepted in the baseline` };
}

const noBucket = "there is no bucket";

/** Of a bucket that is not there only that is known; `.env` is no setting of it. */
function unseen(plan: AspectPlan): Check {
  const check = checkSetting(plan);
  const isSeen = plan.before.state !== "no-bucket" || check.status === "unmanaged";
  return isSeen ? check : { ...check, status: "not-reached", detail: `not seen: ${noBucket}` };
}

function untried({ name, title }: Probe): Check {
  const detail = `not tried: ${noBucket}`;
  return { kind: "probe", name, title, status: "not-reached", detail, proves: [], missing: [] };
}

/** What is as wished may still be worth a warning. */
function asItIs({ summary, notes }: AspectPlan): string {
  const warnings = notes.filter(({ level }) => level === "warning").map(({ text }) => text);
  return [summary, ...warnings].join(". ");
}

function findings(plan: AspectPlan): string {
  if (plan.changes.length === 0) return asItIs(plan);
  const differing = plan.changes.map((change) => {
    const { item, onlyWhere } = change;
    return onlyWhere === undefined
      ? `${item} ${difference(change)}`
      : `${item} (set only where ${onlyWhere})`;
  });
  return `not as wished: ${differing.join(", ")}`;
}

/** In a few words: a plan shows documents whole. */
function difference({ before, after }: Change): string {
  if (before === undefined && isPlain(after)) return `is not set, wished ${String(after)}`;
  if (before === undefined) return "is missing";
  if (after === undefined) return "is not wished for";
  return isPlain(before) && isPlain(after)
    ? `is ${String(before)}, wished ${String(after)}`
    : "is another";
}

function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function checkSetting(plan: AspectPlan): Check {
  if (plan.ofAnother !== undefined) {
    const { aspect: name, title, ofAnother: detail } = plan;
    return { kind: "setting", name, title, status: "skipped", detail, proves: [], missing: [] };
  }
  const { changes } = plan;
  const isUnproven =
    changes.length > 0 && changes.every(({ onlyWhere }) => onlyWhere !== undefined);
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
    status: isUnproven && plan.status === "change" ? "skipped" : statuses[plan.status],
    detail: blocker === undefined ? findings(plan) : `${blocker.message} ${blocker.remedy}`,
    proves: [],
    missing: [],
  };
}
