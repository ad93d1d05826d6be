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

const defaults: FullLifecycleWish = {
  testPrefix: "test/",
  testDays: 7,
  noncurrentDays: 30,
  abortUploadDays: 7,
  testStatus: "Enabled",
  cleanUpStatus: "Enabled",
};

/**
 * What is not said stays as our rules in the bucket have it; else it is the default. A rule that was
 * turned off stays so until something is said about it.
 */
export function completeLifecycle(
  wish: LifecycleWish,
  current: LifecycleConfiguration | undefined,
): FullLifecycleWish {
  const { test, cleanUp } = ownRules(current?.Rules ?? []);
  const recalled: LifecycleWish = {
    testPrefix: prefixOf(test),
    testDays: test?.Expiration?.Days,
    noncurrentDays: cleanUp?.NoncurrentVersionExpiration?.NoncurrentDays,
    abortUploadDays: cleanUp?.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  };
  const chosen = <Name extends keyof LifecycleWish>(name: Name) =>
    wish[name] ?? recalled[name] ?? defaults[name];
  return {
    testPrefix: chosen("testPrefix"),
    testDays: chosen("testDays"),
    noncurrentDays: chosen("noncurrentDays"),
    abortUploadDays: chosen("abortUploadDays"),
    testStatus: statusOf(test, [wish.testPrefix, wish.testDays]),
    cleanUpStatus: statusOf(cleanUp, [wish.noncurrentDays, wish.abortUploadDays]),
  };
}

function statusOf(rule: LifecycleRule | undefined, said: readonly unknown[]) {
  return said.some((value) => value !== undefined) ? "Enabled" : (rule?.Status ?? "Enabled");
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
  if (typeof desired.lifecycle === "string") return defaults.testPrefix;
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
      testRule({ ...defaults, testPrefix: prefix, testDays: days, testStatus: rule.Status }),
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
    cleanUpRule({ ...defaults, noncurrentDays, abortUploadDays, cleanUpStatus: rule.Status }),
  );
}

/** Undefined for a rule of the whole bucket, or of more than a prefix. */
function prefixOf(rule: LifecycleRule | undefined): string | undefined {
  if (rule === undefined) return undefined;
  const { scope } = normalizeRule(rule) as { readonly scope: { readonly Prefix?: string } };
  const isPrefixAlone = Object.keys(scope).join() === "Prefix";
  return isPrefixAlone && scope.Prefix !== "" ? scope.Prefix : undefined;
}
