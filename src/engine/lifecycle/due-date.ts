import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { matchesRule, type RuleSubject } from "./matches-rule.ts";

/** A day as S3 counts it. Tests shorten it. */
export const realDayMs = 86_400_000;

/** When a rule acts on something, in ms since 1970; it is due from then on. */
export interface DueDate {
  readonly at: number;
  readonly ruleId: string;
}

/**
 * When the rules do what to a version, a delete marker or an upload: the earliest date of all enabled
 * rules that match, as S3 has it. Undefined: no rule does. Each rule counts by itself.
 * Sources: S3 User Guide, "Lifecycle configuration elements", "Expiring objects" and "Lifecycle rules:
 * based on an object's age"; S3 API reference, LifecycleExpiration and NoncurrentVersionExpiration.
 *
 * Transitions are stored and answered but change nothing: the embedded store has one place for bytes. So
 * nothing has to give way to an expiration either.
 */
type Rules = readonly LifecycleRule[];

/**
 * Of a current version that is no delete marker. A date in the past goes on acting on new objects, as
 * on S3, until the rule is disabled.
 */
export function expirationOf(
  rules: Rules,
  version: RuleSubject & { readonly lastModified: Date },
  dayMs = realDayMs,
): DueDate | undefined {
  return earliest(rules, version, ({ Expiration: { Days, Date: date } = {} }) => {
    if (date !== undefined) return Date.parse(date);
    return Days === undefined ? undefined : endOfDays(version.lastModified, Days, dayMs);
  });
}

/**
 * Of a delete marker that is the only version of its key. It goes at once where the rule asks for that,
 * and else as an object would: with days when it is old enough, with a date from that on.
 */
export function markerRemovalOf(
  rules: Rules,
  marker: RuleSubject & { readonly lastModified: Date },
  dayMs = realDayMs,
): DueDate | undefined {
  const asked = earliest(rules, marker, ({ Expiration }) =>
    Expiration?.ExpiredObjectDeleteMarker === true ? marker.lastModified.getTime() : undefined,
  );
  return asked ?? expirationOf(rules, marker, dayMs);
}

export interface NoncurrentVersion extends RuleSubject {
  /** When its successor was created. */
  readonly noncurrentSince: Date;
  /** Noncurrent versions of the key that are newer, delete markers included. */
  readonly newerNoncurrent: number;
}

/** Of a noncurrent version or delete marker, which is deleted for good. */
export function noncurrentExpirationOf(
  rules: Rules,
  version: NoncurrentVersion,
  dayMs = realDayMs,
): DueDate | undefined {
  return earliest(rules, version, ({ NoncurrentVersionExpiration: action }) => {
    if (action?.NoncurrentDays === undefined) return undefined;
    if (version.newerNoncurrent < (action.NewerNoncurrentVersions ?? 0)) return undefined;
    return endOfDays(version.noncurrentSince, action.NoncurrentDays, dayMs);
  });
}

/** Of an open multipart upload. */
export function abortOf(
  rules: Rules,
  upload: { readonly key: string; readonly initiatedAt: Date },
  dayMs = realDayMs,
): DueDate | undefined {
  const subject = { key: upload.key, sizeBytes: 0 };
  return earliest(rules, subject, ({ AbortIncompleteMultipartUpload: action }) =>
    action === undefined
      ? undefined
      : endOfDays(upload.initiatedAt, action.DaysAfterInitiation, dayMs),
  );
}

/** The first of two rules with the same date stays. */
function earliest(
  rules: Rules,
  subject: RuleSubject,
  dateOf: (rule: LifecycleRule) => number | undefined,
): DueDate | undefined {
  let first: DueDate | undefined;
  for (const rule of rules) {
    if (rule.Status !== "Enabled") continue;
    const at = dateOf(rule);
    if (at === undefined || (first !== undefined && first.at <= at)) continue;
    if (matchesRule(rule, subject)) first = { at, ruleId: rule.ID ?? "" };
  }
  return first;
}

/** S3 rounds up to the next midnight UTC; what falls on midnight stays there. In ms since 1970. */
export function endOfDays(from: Date, days: number, dayMs = realDayMs): number {
  return Math.ceil((from.getTime() + days * dayMs) / dayMs) * dayMs;
}
