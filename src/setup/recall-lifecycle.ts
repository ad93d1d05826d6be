import type { LifecycleConfiguration, LifecycleRule } from "../core/bucket-settings.ts";
import type { DesiredState, LifecycleWish } from "./desired-state.ts";
import {
  cleanUpRule,
  normalizeRule,
  ownRuleIds,
  sameRule,
  testRule,
  type FullLifecycleWish,
} from "./lifecycle-rules.ts";
import type { ObservedState } from "./observed-state.ts";

/** Where nobody says anything. */
export const usualLifecycle: FullLifecycleWish = {
  testPrefix: "test/",
  testDays: 7,
  noncurrentDays: 30,
  abortUploadDays: 7,
  testStatus: "Enabled",
  cleanUpStatus: "Enabled",
};

/** What was wished when our rules were put. */
export interface RecalledLifecycle extends LifecycleWish {
  /** Undefined: there is no such rule of ours. */
  readonly testStatus: LifecycleRule["Status"] | undefined;
  readonly cleanUpStatus: LifecycleRule["Status"] | undefined;
}

export function recallLifecycle(current: LifecycleConfiguration | undefined): RecalledLifecycle {
  const { test, cleanUp } = ownRules(current?.Rules ?? []);
  return {
    testPrefix: prefixOf(test),
    testDays: test?.Expiration?.Days,
    noncurrentDays: cleanUp?.NoncurrentVersionExpiration?.NoncurrentDays,
    abortUploadDays: cleanUp?.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    testStatus: test?.Status,
    cleanUpStatus: cleanUp?.Status,
  };
}

/**
 * What is not said stays as our rules in the bucket have it; else it is the default. A rule that was
 * turned off stays so until something is said about it.
 */
export function completeLifecycle(
  wish: LifecycleWish,
  current: LifecycleConfiguration | undefined,
): FullLifecycleWish {
  const recalled = recallLifecycle(current);
  const chosen = <Name extends keyof LifecycleWish>(name: Name) =>
    wish[name] ?? recalled[name] ?? usualLifecycle[name];
  return {
    testPrefix: chosen("testPrefix"),
    testDays: chosen("testDays"),
    noncurrentDays: chosen("noncurrentDays"),
    abortUploadDays: chosen("abortUploadDays"),
    testStatus: statusOf(recalled.testStatus, [wish.testPrefix, wish.testDays]),
    cleanUpStatus: statusOf(recalled.cleanUpStatus, [wish.noncurrentDays, wish.abortUploadDays]),
  };
}

function statusOf(status: LifecycleRule["Status"] | undefined, said: readonly unknown[]) {
  return said.some((value) => value !== undefined) ? "Enabled" : (status ?? "Enabled");
}

function ownRules(rules: readonly LifecycleRule[]) {
  const named = (id: string) => rules.find(({ ID }) => ID === id);
  return {
    test: named(ownRuleIds.test) ?? rules.find(isOwnTestRule),
    cleanUp: named(ownRuleIds.cleanUp) ?? rules.find(isOwnCleanUpRule),
  };
}

/** The prefix of test files in this bucket. */
export function testPrefixOf(desired: DesiredState, observed: ObservedState): string {
  if (typeof desired.lifecycle === "string") return usualLifecycle.testPrefix;
  const reading = observed.readings.lifecycle;
  const current = reading.state === "set" ? (reading.value as LifecycleConfiguration) : undefined;
  return completeLifecycle(desired.lifecycle, current).testPrefix;
}

/** By its ID, or by its form: a rule that was completed to be ours kept the ID that it had. */
export function isOwnTestRule(rule: LifecycleRule): boolean {
  const prefix = prefixOf(rule);
  const days = rule.Expiration?.Days;
  if (prefix === undefined || days === undefined) return false;
  return (
    rule.ID === ownRuleIds.test ||
    sameRule(
      rule,
      testRule({ ...usualLifecycle, testPrefix: prefix, testDays: days, testStatus: rule.Status }),
    )
  );
}

/** The same for old versions and unfinished uploads. */
export function isOwnCleanUpRule(rule: LifecycleRule): boolean {
  if (rule.ID === ownRuleIds.cleanUp) return true;
  const noncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  const abortUploadDays = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (noncurrentDays === undefined || abortUploadDays === undefined) return false;
  return sameRule(
    rule,
    cleanUpRule({ ...usualLifecycle, noncurrentDays, abortUploadDays, cleanUpStatus: rule.Status }),
  );
}

/** Undefined for a rule of the whole bucket, or of more than a prefix. */
function prefixOf(rule: LifecycleRule | undefined): string | undefined {
  if (rule === undefined) return undefined;
  const { scope } = normalizeRule(rule) as { readonly scope: { readonly Prefix?: string } };
  const isPrefixAlone = Object.keys(scope).join() === "Prefix";
  return isPrefixAlone && scope.Prefix !== "" ? scope.Prefix : undefined;
}
