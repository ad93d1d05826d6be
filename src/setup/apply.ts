import { isStorageError, StorageError } from "../core/errors.ts";
import type { EdgeTools } from "../core/edge-tools.ts";
import { setupLimits } from "../core/setup-limits.ts";
import { aspects } from "./aspect-list.ts";
import type { AspectName } from "./aspect-name.ts";
import type { Aspect, AspectPlan, Blocker, SetupTarget } from "./aspect.ts";
import { observe } from "./observe.ts";
import type { ObservedState } from "./observed-state.ts";
import { hashObserved, type SetupPlan } from "./plan.ts";
import { lackOnQumulo } from "./qumulo-lacks.ts";
import { equalData } from "./canonical-json.ts";
import { isNotSupported, reasonOf, type Reading } from "../core/reading.ts";

export interface ApplyOptions {
  readonly tools: EdgeTools;
  readonly onEvent?: (event: ApplyEvent) => void;
  /** Keeps a document that is about to be replaced; the answer says where, for the report. */
  readonly backup?: (replaced: ReplacedDocument) => Promise<string>;
}

export interface ReplacedDocument {
  readonly bucket: string;
  readonly aspect: AspectName;
  readonly document: unknown;
}

/** What happens while a plan is carried out. */
export type ApplyEvent =
  | { readonly type: "step-started"; readonly aspect: AspectName; readonly title: string }
  | { readonly type: "step-ended"; readonly step: StepResult };

/** What became of one step. */
export interface StepResult {
  readonly aspect: AspectName;
  readonly title: string;
  /**
   * `applied`: put and read back. `already`: so before the put, as with a new bucket's defaults.
   * The rest of the plan's states come through; `not-reached` follows a failure.
   */
  readonly outcome:
    | "applied"
    | "already"
    | "failed"
    | "not-reached"
    | Exclude<AspectPlan["status"], "change" | "blocked">;
  readonly detail: string;
  /** Where the replaced document was kept. */
  readonly backup?: string;
  readonly error?: StorageError;
}

/** What became of a plan. */
export interface ApplyResult {
  readonly bucket: string;
  readonly steps: readonly StepResult[];
  /** False when a step failed. Steps that the store does not support are no failure. */
  readonly succeeded: boolean;
}

/**
 * Does what a plan says, one step after the other, each confirmed by reading it back. Running it
 * again after a failure goes on where it stopped.
 * Throws, before anything is changed: Conflict when the bucket is no longer as the plan saw it,
 * ConfigurationError or PermissionDenied when the plan is blocked.
 */
export async function applyPlan(
  plan: SetupPlan,
  target: SetupTarget,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const [blocker] = plan.summary.blockers;
  if (blocker !== undefined) throw blockedError(plan, blocker);
  const observed = await observe(target, plan.desired);
  if (hashObserved(observed) !== plan.observedHash) throw staleError(plan, observed);
  const steps: StepResult[] = [];
  let failed = false;
  for (const aspect of aspects) {
    const aspectPlan = plan.aspects.find((entry) => entry.aspect === aspect.name);
    if (aspectPlan === undefined) continue;
    const step: StepResult = failed
      ? result(aspectPlan, "not-reached", "an earlier step failed")
      : await runStep({ plan, aspect, aspectPlan, target, observed, options });
    failed ||= step.outcome === "failed";
    steps.push(step);
    options.onEvent?.({ type: "step-ended", step });
  }
  return { bucket: plan.bucket, steps, succeeded: !failed };
}

interface Step {
  readonly plan: SetupPlan;
  readonly aspect: Aspect;
  readonly aspectPlan: AspectPlan;
  readonly target: SetupTarget;
  readonly observed: ObservedState;
  readonly options: ApplyOptions;
}

async function runStep(step: Step): Promise<StepResult> {
  const { aspectPlan, options } = step;
  const { status, summary } = aspectPlan;
  if (status === "blocked") return result(aspectPlan, "failed", summary);
  if (status !== "change") return result(aspectPlan, status, summary);
  options.onEvent?.({ type: "step-started", aspect: aspectPlan.aspect, title: aspectPlan.title });
  try {
    options.tools.signal?.throwIfAborted();
    return await changeAspect(step);
  } catch (error) {
    if (isLackOfStore(error) && !step.aspect.essential) {
      const reading = { state: "not-supported", reason: reasonOf(error) } as const;
      const lack = lackOnQumulo(aspectPlan.aspect, step.plan.desired, reading);
      const detail = lack ?? `not supported by this store: ${reading.reason}`;
      return result(aspectPlan, "not-supported", detail);
    }
    const failure = asStorageError(error, step);
    return { ...result(aspectPlan, "failed", failure.message), error: failure };
  }
}

/** Elements of a document that are not known here are no lack of the store: nothing was put, and that is a failure. */
function isLackOfStore(error: unknown): boolean {
  const isOurs = isStorageError(error) && error.details["unknownElements"] !== undefined;
  return isNotSupported(error) && !isOurs;
}

async function changeAspect(step: Step): Promise<StepResult> {
  const { plan, aspect, aspectPlan, target, options } = step;
  const fresh = await aspect.observe(target, plan.desired);
  const current = currentPlan(step, fresh);
  if (current.status !== "change") {
    const outcome = current.status === "same" ? "already" : current.status;
    if (outcome === "blocked") throw movedError(step);
    return result(aspectPlan, outcome, current.summary);
  }
  const kept = await keepCopy(step, fresh);
  const other = await aspect.put(target, plan.desired, current.document, options.tools);
  await confirm(step, other === undefined ? current.document : other.document);
  return { ...result(aspectPlan, "applied", other?.detail ?? current.summary), ...kept };
}

/**
 * The document is read again right before its put, since a put replaces all of it. For a bucket just
 * made, the plan could not know its defaults, so it is drawn up now; somebody else's entries in it
 * mean that it was not ours alone.
 */
function currentPlan(step: Step, fresh: Reading): AspectPlan {
  const { plan, aspect, aspectPlan, observed } = step;
  if (aspectPlan.before.state !== "no-bucket") {
    if (!sameReading(aspect, aspectPlan.before, fresh)) throw movedError(step);
    return aspectPlan;
  }
  const redrawn = aspect.plan(plan.desired, fresh, observed);
  if (redrawn.kept.length > 0) throw movedError(step);
  // Nothing but the bucket's own defaults may make it another document than the one that was shown.
  const isSame = equalData(redrawn.document, aspectPlan.document);
  if (fresh.state !== "set" && redrawn.status === "change" && !isSame) throw movedError(step);
  return redrawn;
}

function sameReading(aspect: Aspect, before: Reading, fresh: Reading): boolean {
  if (before.state === "set" && fresh.state === "set")
    return aspect.same(before.value, fresh.value);
  return equalData(before, fresh);
}

async function keepCopy(step: Step, fresh: Reading): Promise<{ backup?: string }> {
  const { aspect, plan, options } = step;
  if (!aspect.backup || fresh.state !== "set" || options.backup === undefined) return {};
  const document = fresh.value;
  try {
    return { backup: await options.backup({ bucket: plan.bucket, aspect: aspect.name, document }) };
  } catch (error) {
    const message = `${aspect.title} was left alone: a copy of it could not be kept (${reasonOf(error)}).`;
    throw new StorageError("ConfigurationError", message, {
      operation: "apply",
      bucket: plan.bucket,
      remedy: "Name a folder for copies that can be written.",
      cause: error,
    });
  }
}

/** S3's settings are eventually consistent, so the old one may be read for a while. */
async function confirm(step: Step, document: unknown): Promise<void> {
  const { aspect, target, plan, options } = step;
  for (let attempt = 1; ; attempt += 1) {
    const reading = await aspect.observe(target, plan.desired);
    if (document === null && reading.state === "not-set") return;
    if (reading.state === "set" && aspect.same(reading.value, document)) return;
    if (attempt >= setupLimits.readBackAttempts) break;
    await options.tools.sleep(setupLimits.readBackWaitMs);
  }
  throw new StorageError("Unavailable", `${aspect.title} was put, but does not read back so.`, {
    operation: "setup",
    bucket: plan.bucket,
    outcome: "unknown",
    retryable: true,
    remedy: "Wait a minute and run the set-up again; it shows what differs.",
  });
}

function result(plan: AspectPlan, outcome: StepResult["outcome"], detail: string): StepResult {
  return { aspect: plan.aspect, title: plan.title, outcome, detail };
}

function blockedError(plan: SetupPlan, blocker: Blocker): StorageError {
  const code = blocker.code === "bucket-forbidden" ? "PermissionDenied" : "ConfigurationError";
  return new StorageError(code, blocker.message, {
    operation: "apply",
    bucket: plan.bucket,
    remedy: blocker.remedy,
    details: { blocker: blocker.code },
  });
}

function staleError(plan: SetupPlan, observed: ObservedState): StorageError {
  const moved = plan.aspects
    .filter(({ aspect, before }) => !equalData(before, observed.readings[aspect]))
    .map(({ title }) => title);
  const what = moved.length > 0 ? moved.join(", ") : "The account";
  return new StorageError("Conflict", `The plan is stale: ${what} changed since it was made.`, {
    operation: "apply",
    bucket: plan.bucket,
    remedy: "Make a new plan and look at it before you apply it.",
  });
}

function movedError({ plan, aspect }: Step): StorageError {
  return new StorageError(
    "Conflict",
    `The plan is stale: ${aspect.title} changed while it was applied; it was left alone.`,
    {
      operation: "apply",
      bucket: plan.bucket,
      remedy: "Somebody else is at work on this bucket. Make a new plan.",
    },
  );
}

function asStorageError(error: unknown, { plan, options }: Step): StorageError {
  if (isStorageError(error)) return error;
  if (options.tools.signal?.aborted === true) {
    return new StorageError("Aborted", "The set-up was stopped.", {
      operation: "apply",
      bucket: plan.bucket,
      remedy: "Run it again; it goes on where it stopped.",
      cause: error,
    });
  }
  throw error;
}
