import { aspects } from "./aspect-list.ts";
import type { Aspect, AspectPlan, Blocker, Note } from "./aspect.ts";
import { hashData } from "./canonical-json.ts";
import { withForgotten } from "./forgotten-notes.ts";
import type { DesiredState } from "./desired-state.ts";
import type { ObservedState, RecordedOwn } from "./observed-state.ts";

/** Plain data, so that it can be looked at, saved and applied later as it is. */
export interface SetupPlan {
  readonly formatVersion: 1;
  readonly bucket: string;
  readonly region: string;
  /** Account of the caller who looked at the bucket; undefined where the store cannot tell. */
  readonly accountId: string | undefined;
  readonly desired: DesiredState;
  /** Hash of what was found; `apply` refuses the plan when the bucket has changed since. */
  readonly observedHash: string;
  readonly aspects: readonly AspectPlan[];
  readonly summary: PlanSummary;
}

/** What a plan comes to, counted. */
export interface PlanSummary {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
  readonly kept: number;
  readonly warnings: number;
  /** Nothing to do. */
  readonly upToDate: boolean;
  /** False when something wished for cannot be seen or done here. */
  readonly complete: boolean;
  readonly blockers: readonly Blocker[];
}

export interface PlanOptions {
  /** Turns lock-outs into warnings. Default false. */
  readonly allowLockOut?: boolean;
  /** What is not said is as it was recorded; where that is silent, too, as the bucket has it. */
  readonly recorded?: RecordedOwn;
  /** What was recorded, and is not put: notes tell what is gone of it. `call`: of `drift`, for them. */
  readonly remembered?: { readonly own: RecordedOwn; readonly call: string };
}

/** Pure: the same wish and the same bucket give the same plan. */
export function planSetup(
  desired: DesiredState,
  observed: ObservedState,
  options: PlanOptions = {},
): SetupPlan {
  const { recorded } = options;
  const seen = recorded === undefined ? observed : { ...observed, recorded };
  const drafts = aspects.map((aspect) => {
    const plan = planOne(aspect, desired, seen);
    const { remembered } = options;
    if (remembered === undefined) return plan;
    const then = planOne(aspect, desired, { ...observed, recorded: remembered.own });
    return withForgotten(plan, then, remembered.call);
  });
  const plans = options.allowLockOut === true ? drafts.map(acceptLockOuts) : drafts;
  return {
    formatVersion: 1,
    bucket: desired.bucket,
    region: desired.region,
    accountId: observed.caller?.accountId,
    desired,
    observedHash: hashObserved(observed),
    aspects: plans,
    summary: summarize(plans),
  };
}

/** Hash of everything that a plan depends on: not who asks, but whose account it is. */
export function hashObserved(observed: ObservedState): string {
  const { presence, readings, caller } = observed;
  return hashData({ presence, readings, accountId: caller?.accountId });
}

function planOne(aspect: Aspect, desired: DesiredState, observed: ObservedState): AspectPlan {
  return aspect.plan(desired, observed.readings[aspect.name], observed);
}

function acceptLockOuts(plan: AspectPlan): AspectPlan {
  const accepted = plan.blockers.filter(({ code }) => code === "lock-out");
  if (accepted.length === 0) return plan;
  const blockers = plan.blockers.filter(({ code }) => code !== "lock-out");
  const notes = accepted.map(({ message }): Note => ({ level: "warning", text: message }));
  return {
    ...plan,
    status: blockers.length > 0 ? "blocked" : plan.changes.length > 0 ? "change" : "same",
    blockers,
    notes: [...plan.notes, ...notes],
  };
}

const incomplete: ReadonlySet<AspectPlan["status"]> = new Set([
  "not-supported",
  "unreadable",
  "skipped",
  "blocked",
]);

function summarize(plans: readonly AspectPlan[]): PlanSummary {
  const changes = plans.flatMap((plan) => plan.changes);
  const count = (action: "add" | "change" | "remove") =>
    changes.filter((change) => change.action === action).length;
  const blockers = plans.flatMap((plan) => plan.blockers);
  return {
    add: count("add"),
    change: count("change"),
    remove: count("remove"),
    kept: plans.flatMap((plan) => plan.kept).length,
    warnings: plans.flatMap((plan) => plan.notes).filter(({ level }) => level === "warning").length,
    upToDate: changes.length === 0 && blockers.length === 0,
    complete: !plans.some((plan) => incomplete.has(plan.status)),
    blockers,
  };
}
