import { shellWord } from "../../core/shell-word.ts";
import type { AspectPlan, Change } from "../aspect.ts";
import { equalData, hashData } from "../canonical-json.ts";
import type { DesiredState } from "../desired-state.ts";
import { driftId } from "../drift-id.ts";
import type { SetupPlan } from "../plan.ts";
import type { DriftBaseline } from "./drift-baseline.ts";
import { guessedNames } from "./recorded-own.ts";
import { unstatedNames } from "./unstated-names.ts";
import { isOff, type UndeclaredState } from "./undeclared-state.ts";

/**
 * `declared`: not as wished. `undeclared`: nobody declared it, and it is not as the baseline has it.
 * `potential`: it cannot be told; never fails a run.
 */
export type DriftKind = "declared" | "undeclared" | "potential";

/** The command, for those who know no more of how it was called. */
export const driftCall = "sms-storage drift";

/** Something that is not as declared or recorded. */
export interface DriftFinding {
  /** The same on every run: what `--accept` names. */
  readonly id: string;
  readonly kind: DriftKind;
  readonly item: string;
  /** As it was wished or recorded; left out: it was not there. */
  readonly expected?: unknown;
  /** Left out: it is not there. */
  readonly found?: unknown;
  readonly why: string;
  /** Somebody said that it may stay as it is found; it fails no run. */
  readonly accepted: boolean;
  /**
   * Names, as in `sms-storage.yaml`, of what nobody said or recorded: in `expected` the set-up's default stands
   * for them. Left out: none.
   */
  readonly guessed?: readonly string[];
  /** How it is taken back; left out: there is nothing to take back. */
  readonly revert?: string;
}

export interface DriftReport {
  readonly bucket: string;
  /** When the baseline was recorded, ISO 8601. Left out: there is none. */
  readonly recordedAt?: string;
  /**
   * Names, as in `sms-storage.yaml`, of what neither wish nor baseline says: they could not be compared, and
   * what was changed or removed of them goes unseen.
   */
  readonly unstated: readonly string[];
  readonly findings: readonly DriftFinding[];
  /** Declared or undeclared drift that nobody accepted: what the exit code goes by. */
  readonly drifted: boolean;
  readonly summary: Readonly<Record<DriftKind | "accepted", number>>;
}

/** Pure: the same bucket, wish and baseline give the same report. */
export function findDrift(
  plan: SetupPlan,
  undeclared: UndeclaredState,
  baseline: DriftBaseline | undefined,
): DriftReport {
  const findings = [
    ...plan.aspects.flatMap((aspect) => declaredDrift(aspect, plan.desired, baseline)),
    ...undeclaredDrift(undeclared, baseline),
    ...undeclared.unseen.map(({ item, reason }) => unknown(item, `it cannot be seen: ${reason}`)),
  ];
  const count = (kind: DriftKind) =>
    findings.filter((finding) => finding.kind === kind && !finding.accepted).length;
  const summary = {
    declared: count("declared"),
    undeclared: count("undeclared"),
    potential: count("potential"),
    accepted: findings.filter(({ accepted }) => accepted).length,
  };
  const drifted = summary.declared + summary.undeclared > 0;
  const recorded = baseline === undefined ? {} : { recordedAt: baseline.recordedAt };
  const unstated = unstatedNames(plan, baseline);
  return { bucket: plan.bucket, ...recorded, unstated, findings, drifted, summary };
}

function declaredDrift(
  plan: AspectPlan,
  desired: DesiredState,
  baseline: DriftBaseline | undefined,
): DriftFinding[] {
  const { aspect, status, summary, blockers, ofAnother } = plan;
  if (status === "unreadable" || status === "not-supported") return [unknown(aspect, summary)];
  if (ofAnother !== undefined) return [unknown(aspect, ofAnother)];
  const changes = plan.changes.map((change) =>
    withGuess(declared(plan, change, baseline), guessedNames(desired, change, baseline)),
  );
  const blocked = changes.length === 0 ? blockers : [];
  return [
    ...changes,
    ...blocked.map(({ code, message, remedy }): DriftFinding => {
      const id = `declared:${aspect}:${code}`;
      return { id, kind: "declared", item: aspect, why: message, accepted: false, revert: remedy };
    }),
  ];
}

function declared(
  { aspect }: AspectPlan,
  { item, before, after, why, onlyWhere }: Change,
  baseline: DriftBaseline | undefined,
): DriftFinding {
  const id = driftId(aspect, item);
  const values = {
    ...(after !== undefined && { expected: after }),
    ...(before !== undefined && { found: before }),
  };
  if (onlyWhere !== undefined) {
    const reason = `${why}; it is put only where ${onlyWhere}`;
    return { id, kind: "potential", item, ...values, why: reason, accepted: false };
  }
  const accepted = baseline?.accepted[id]?.found === hashOfFound(before);
  const revert = `${driftCall} --revert ${shellWord(id)}`;
  const isRecorded = equalData(baseline?.own?.[item], after) && after !== undefined;
  const reason = isRecorded ? recordedWhy(before !== undefined) : why;
  return { id, kind: "declared", item, ...values, why: reason, accepted, revert };
}

/** A value that nobody said or recorded must not pass for the one of before. */
function withGuess(finding: DriftFinding, guessed: readonly string[]): DriftFinding {
  const { why, revert } = finding;
  if (guessed.length === 0 || revert === undefined) return finding;
  const names = guessed.join(", ");
  return {
    ...finding,
    why: `${why}; what it was before is not known, so the set-up's own default stands for ${names}`,
    guessed,
    revert: `say in sms-storage.yaml what it was (${names}), then: ${revert} (--defaults takes the defaults)`,
  };
}

/** What cannot be told, and what keeps a plan from being made, are no values that could stay. */
export function isAcceptable(finding: DriftFinding): boolean {
  return finding.kind !== "potential" && ("expected" in finding || "found" in finding);
}

/** For the record of what was accepted: another value found later is drift again. */
export function hashOfFound(found: unknown): string {
  return found === undefined ? "none" : hashData(found);
}

function undeclaredDrift(
  { items, unseen }: UndeclaredState,
  baseline: DriftBaseline | undefined,
): DriftFinding[] {
  if (baseline === undefined) {
    return [...items].map(([item, found]) => ({
      ...unknown(item, "nobody declared it, and no baseline says whether it was there before"),
      found,
    }));
  }
  const recorded = new Map(
    Object.entries(baseline.undeclared).filter(([, value]) => !isOff(value)),
  );
  const hidden = new Set(unseen.map(({ item }) => item));
  return [...new Set([...recorded.keys(), ...items.keys()])].flatMap((item): DriftFinding[] => {
    const [expected, found] = [recorded.get(item), items.get(item)];
    if (hidden.has(item) || equalData(expected, found)) return [];
    return [
      {
        id: `undeclared:${item}`,
        kind: "undeclared",
        item,
        ...(recorded.has(item) && { expected }),
        ...(items.has(item) && { found }),
        why: undeclaredWhy(recorded.has(item), items.has(item)),
        accepted: false,
        revert: `ask who changed it, or: ${driftCall} --revert ${shellWord(`undeclared:${item}`)}`,
      },
    ];
  });
}

function undeclaredWhy(wasThere: boolean, isThere: boolean): string {
  if (!wasThere) return "it came after the baseline was recorded";
  return recordedWhy(isThere);
}

function recordedWhy(isThere: boolean): string {
  return isThere ? "it is not as it was recorded" : "it was recorded, and is gone";
}

function unknown(item: string, why: string): DriftFinding {
  return { id: `potential:${item}`, kind: "potential", item, why, accepted: false };
}
