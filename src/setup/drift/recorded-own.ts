import type { LifecycleConfiguration, LifecycleRule } from "../../core/bucket-settings.ts";
import type { StatementDocument } from "../../policy/compare-statements.ts";
import type { AspectPlan, Change } from "../aspect.ts";
import type { DesiredState } from "../desired-state.ts";
import { inFilterForm, nameOf } from "../lifecycle-rules.ts";
import type { RecordedOwn } from "../observed-state.ts";
import { ownSids } from "../policy-statements.ts";
import { isOwnCleanUpRule, isOwnTestRule } from "../recall-lifecycle.ts";
import { ownStatementsOf } from "../recall-policy.ts";
import type { DriftBaseline } from "./drift-baseline.ts";

/** The set-up's own statements and rules, by name, for a baseline: they alone tell how it was set up. */
export function ownParts(aspects: readonly AspectPlan[]): Record<string, unknown> {
  const parts = aspects.flatMap(({ aspect, status, before }): [string, unknown][] => {
    if (status === "unmanaged" || before.state !== "set") return [];
    if (aspect === "policy") {
      const own = ownStatementsOf(String(before.value));
      return own.map((each) => [`Statement ${String(each["Sid"])}`, each]);
    }
    if (aspect !== "lifecycle") return [];
    const { Rules } = before.value as LifecycleConfiguration;
    const own = Rules.filter((rule) => isOwnTestRule(rule) || isOwnCleanUpRule(rule));
    return own.map((rule) => [nameOf(rule), inFilterForm(rule)]);
  });
  return Object.fromEntries(parts);
}

/** What a baseline has of them, for a plan. */
export function recordedOwn(baseline: DriftBaseline | undefined): RecordedOwn {
  const parts = Object.entries(baseline?.own ?? {});
  const named = (kind: string) =>
    parts.filter(([name]) => name.startsWith(`${kind} `)).map(([, value]) => value);
  return {
    statements: named("Statement") as StatementDocument[],
    rules: named("Rule") as LifecycleRule[],
  };
}

/**
 * The names, as in `sms-storage.yaml`, of what a change puts though neither wish, bucket nor baseline says
 * it: the set-up's default stands in for a value of before that nobody knows.
 */
export function guessedNames(
  { policy, lifecycle }: DesiredState,
  { item, before, after }: Change,
  baseline: DriftBaseline | undefined,
): readonly string[] {
  if (before !== undefined || after === undefined || baseline?.own?.[item] !== undefined) return [];
  if (item.startsWith("Rule ") && typeof lifecycle === "object") {
    const names = isOwnTestRule(after as LifecycleRule)
      ? (["testPrefix", "testDays"] as const)
      : (["noncurrentDays", "abortUploadDays"] as const);
    return names.filter((name) => lifecycle[name] === undefined).map((name) => `lifecycle.${name}`);
  }
  const isAccess = [ownSids.bucket, ownSids.objects].some((sid) => item === `Statement ${sid}`);
  if (!isAccess || typeof policy !== "object") return [];
  const names = ["access", "principals"] as const;
  return names.filter((name) => policy[name] === undefined).map((name) => `policy.${name}`);
}
