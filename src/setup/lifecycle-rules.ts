import type { LifecycleFilter, LifecycleRule } from "../core/bucket-settings.ts";
import { canonicalJson, equalData } from "./canonical-json.ts";
import type { LifecycleWish } from "./desired-state.ts";

/** A wish with nothing left open. */
export type FullLifecycleWish = {
  readonly [Name in keyof LifecycleWish]-?: Exclude<LifecycleWish[Name], undefined>;
} & {
  /** Somebody may have turned a rule of ours off, to lose nothing. */
  readonly testStatus: LifecycleRule["Status"];
  readonly cleanUpStatus: LifecycleRule["Status"];
};

/** The IDs by which our rules are known again. */
export const ownRuleIds = {
  test: "sms-storage-test-files",
  cleanUp: "sms-storage-clean-up",
} as const;

/** A rule of ours; always with an ID and a Filter. */
export interface OwnRule extends LifecycleRule {
  readonly ID: string;
  readonly Filter: LifecycleFilter;
}

/**
 * Test files go for good: with versioning on, Expiration alone only adds delete markers and the bytes
 * stay, so the noncurrent versions are deleted a day later. Expired markers S3 then clears itself;
 * asking for that beside Days is refused. Source: S3 User Guide, "Lifecycle configuration elements".
 */
export function testRule(wish: FullLifecycleWish): OwnRule {
  return {
    ID: ownRuleIds.test,
    Status: wish.testStatus,
    Filter: { Prefix: wish.testPrefix },
    Expiration: { Days: wish.testDays },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  };
}

/** For the whole bucket, and nothing that is current: old versions, dead markers, unfinished uploads. */
export function cleanUpRule(wish: FullLifecycleWish): OwnRule {
  return {
    ID: ownRuleIds.cleanUp,
    Status: wish.cleanUpStatus,
    Filter: { Prefix: "" },
    Expiration: { ExpiredObjectDeleteMarker: true },
    NoncurrentVersionExpiration: { NoncurrentDays: wish.noncurrentDays },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: wish.abortUploadDays },
  };
}

/** `Prefix: "x"` is `Filter: {Prefix: "x"}`; no filter, `{}` and an empty prefix are all alike. */
export function normalizeRule(rule: LifecycleRule): unknown {
  const { Prefix, Filter, ...rest } = rule;
  return { ...rest, scope: normalizeFilter(Filter ?? { Prefix: Prefix ?? "" }) };
}

function normalizeFilter(filter: LifecycleFilter): unknown {
  if (filter.And !== undefined) {
    const tags = (filter.And.Tags ?? []).map((tag) => canonicalJson(tag)).sort();
    return { ...filter.And, Tags: tags };
  }
  const { Prefix = "", ...rest } = filter;
  return Object.keys(rest).length > 0 && Prefix === "" ? rest : { Prefix, ...rest };
}

export function sameRule(a: LifecycleRule, b: LifecycleRule): boolean {
  return equalData(normalizeRule({ ...a, ID: "" }), normalizeRule({ ...b, ID: "" }));
}

/** Whether two rules speak of the same objects. */
export function sameScope(a: LifecycleRule, b: LifecycleRule): boolean {
  return equalData(scopeOf(a), scopeOf(b));
}

function scopeOf(rule: LifecycleRule): unknown {
  return (normalizeRule(rule) as { readonly scope: unknown }).scope;
}

/** For messages. */
export function nameOf(rule: LifecycleRule): string {
  return rule.ID === undefined ? "Rule without ID" : `Rule ${rule.ID}`;
}

/**
 * Whether our rule takes the place of another: the same objects, and nothing in it that ours has not
 * with the same value. So the guide's rule is completed rather than doubled, under whatever ID a tool
 * or S3 itself gave it.
 */
export function isCoveredBy(rule: LifecycleRule, own: OwnRule): boolean {
  const theirs = Object.entries(normalizeRule(rule) as Record<string, unknown>);
  const ours = normalizeRule(own) as Record<string, unknown>;
  return theirs.every(
    ([name, value]) => name === "ID" || value === undefined || equalData(value, ours[name]),
  );
}

/** S3 refuses a document in which some rules have `Prefix` and others `Filter`. */
export function inFilterForm(rule: LifecycleRule): LifecycleRule {
  if (rule.Filter !== undefined) return rule;
  const { Prefix = "", ...rest } = rule;
  return { ...rest, Filter: { Prefix } };
}

/** Deletes current objects of the whole bucket. */
export function expiresEverything(rule: LifecycleRule): boolean {
  const expires = rule.Expiration?.Days !== undefined || rule.Expiration?.Date !== undefined;
  return rule.Status === "Enabled" && expires && equalData(scopeOf(rule), { Prefix: "" });
}

/** What S3 would refuse, in words; undefined for a rule that it takes. */
export function ruleProblem(rule: LifecycleRule): string | undefined {
  const { Expiration } = rule;
  const byAge = Expiration?.Days !== undefined || Expiration?.Date !== undefined;
  if (byAge && Expiration?.ExpiredObjectDeleteMarker !== undefined) {
    return "Days or Date cannot stand beside ExpiredObjectDeleteMarker";
  }
  if (rule.Filter !== undefined && rule.Prefix !== undefined) {
    return "Filter and Prefix cannot both be given";
  }
  return undefined;
}
