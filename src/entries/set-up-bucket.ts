import {
  checkArgument,
  isCallback,
  isFilledText,
  isFlag,
  isPlainObject,
  type OptionChecks,
  ownOptions,
  wrongArgument,
} from "../core/check-options.ts";
import { safeListener } from "../core/safe-listener.ts";
import type { ApplyEvent, ApplyResult } from "../setup/apply.ts";
import type { DriftBaseline } from "../setup/drift/drift-baseline.ts";
import type { DriftReport } from "../setup/drift/find-drift.ts";
import type { SetupPlan } from "../setup/plan.ts";
import type { Check, VerifyReport } from "../setup/verify.ts";
import { assertEnvFile, readWish, type BucketWish } from "./bucket-wish.ts";
import { inSession, setupCallChecks, type SetupCallOptions } from "./setup-options.ts";

/** How a plan is made. */
export interface PlanCallOptions extends SetupCallOptions {
  /** Turns what would lock the caller out into a warning. Default false: the plan is blocked. */
  readonly allowLockOut?: boolean;
}

const planChecks: OptionChecks<PlanCallOptions> = { ...setupCallChecks, allowLockOut: isFlag };

/**
 * Looks at a bucket and says what has to be done to make it as wished; changes nothing. The plan is
 * plain data: show it, keep it, give it to `apply`. Throws StorageError.
 *
 * @example
 * const wished = { bucket: "my-lab-data", versioning: "Enabled" } as const;
 * const found = await plan(wished);
 * if (!found.summary.upToDate) await apply(found);
 */
export async function plan(wish: BucketWish, options: PlanCallOptions = {}): Promise<SetupPlan> {
  const given = ownOptions(options);
  return inSession("plan", given, planChecks, async (settings) => {
    const { allowLockOut = false, envFile } = given;
    const desired = await readWish("plan", wish, settings);
    return (session) => session.plan(desired({ owner: session.owner, envFile }), { allowLockOut });
  });
}

/** How a plan is carried out. */
export interface ApplyCallOptions extends SetupCallOptions {
  /** Where documents are kept that are replaced. Default: `backups` of the user's data folder. */
  readonly backupFolder?: string;
  /** Told when a step begins and when it has ended. */
  readonly onStep?: (event: ApplyEvent) => void;
}

const applyChecks: OptionChecks<ApplyCallOptions> = {
  ...setupCallChecks,
  backupFolder: isFilledText,
  onStep: isCallback,
};

const isPlan = (value: unknown): string | undefined =>
  isPlainObject(value) && value["formatVersion"] === 1 && isPlainObject(value["desired"])
    ? undefined
    : "a plan that plan() made";

/** A caller that changes its plan afterwards changes nothing that was judged. */
function copyOf(made: SetupPlan): SetupPlan {
  try {
    return structuredClone(made);
  } catch {
    throw wrongArgument("apply", "the plan", "plain data, as plan() made it", made);
  }
}

/**
 * Does what a plan says, one step after the other, each confirmed by reading it back. A step that fails
 * is in the result, and those behind it are not reached; called again it goes on there. Throws
 * Conflict when the bucket is no longer as the plan saw it, and what blocks the plan.
 *
 * @example
 * const { succeeded, steps } = await apply(await plan({ bucket: "my-lab-data" }));
 * const failed = steps.find(({ outcome }) => outcome === "failed");
 */
export async function apply(made: SetupPlan, options: ApplyCallOptions = {}): Promise<ApplyResult> {
  const copy = copyOf(made);
  checkArgument("apply", "the plan", copy, isPlan);
  const given = ownOptions(options);
  return inSession("apply", given, applyChecks, (_settings) => {
    const { onStep, envFile } = given;
    assertEnvFile(copy, envFile);
    const told = onStep && safeListener("onStep", onStep);
    return Promise.resolve((session) => session.apply(copy, told));
  });
}

const isBaseline = (value: unknown): string | undefined =>
  isPlainObject(value) && value["formatVersion"] === 1 ? undefined : "a baseline of drift()";

/** How a set-up is proven. */
export interface VerifyCallOptions extends SetupCallOptions {
  /** Asks again when a new object is not found, as right after versioning was enabled. Default true. */
  readonly patient?: boolean;
  /** What was recorded of what the wish does not say: the `baseline` of `drift`. Default: none of it. */
  readonly baseline?: DriftBaseline;
  /** Told of each check as it comes. */
  readonly onCheck?: (check: Check) => void;
}

const verifyChecks: OptionChecks<VerifyCallOptions> = {
  ...setupCallChecks,
  patient: isFlag,
  baseline: isBaseline,
  onCheck: isCallback,
};

/**
 * Reads every setting back, then writes, reads, lists and deletes a few test files. What fails is in
 * the report.
 *
 * @example
 * const { passed, checks } = await verify({ bucket: "my-lab-data" });
 */
export async function verify(
  wish: BucketWish,
  options: VerifyCallOptions = {},
): Promise<VerifyReport> {
  const given = ownOptions(options);
  return inSession("verify", given, verifyChecks, async (settings) => {
    const { patient = true, onCheck, envFile, baseline } = given;
    const desired = await readWish("verify", wish, settings);
    const told = onCheck && safeListener("onCheck", onCheck);
    return (session) =>
      session.verify(desired({ owner: session.owner, envFile }), {
        patient,
        baseline,
        ...(told !== undefined && { onCheck: told }),
      });
  });
}

/** What drift is compared with. */
export interface DriftCallOptions extends SetupCallOptions {
  /** What nobody declared and may stay: the `baseline` of an earlier answer. Default: none of it. */
  readonly baseline?: DriftBaseline;
}

const driftChecks: OptionChecks<DriftCallOptions> = {
  ...setupCallChecks,
  baseline: isBaseline,
};

/** What is not as declared or as recorded. */
export interface DriftAnswer extends DriftReport {
  /** All that nobody declared, as it is now: keep it to be told of changes alone. */
  readonly baseline: DriftBaseline;
}

/**
 * What on a bucket is not as wished, or not as it was recorded; changes nothing. Throws NotFound where there
 * is no such bucket.
 *
 * @example
 * const wished = { bucket: "my-lab-data" };
 * const { baseline } = await drift(wished); // once, when all is well: keep it
 * const { drifted, findings } = await drift(wished, { baseline });
 */
export async function drift(
  wish: BucketWish,
  options: DriftCallOptions = {},
): Promise<DriftAnswer> {
  const given = ownOptions(options);
  return inSession("drift", given, driftChecks, async (settings) => {
    const { baseline: before, envFile } = given;
    const desired = await readWish("drift", wish, settings);
    return async (session) => {
      const wished = desired({ owner: session.owner, envFile });
      await session.assertOwn(wished.bucket, "drift");
      const { report, undeclared } = await session.drift(wished, before);
      const { recordBaseline } = await import("../setup/drift/record-drift.ts");
      const now = new Date().toISOString();
      return { ...report, baseline: recordBaseline(report, undeclared, before, now) };
    };
  });
}
