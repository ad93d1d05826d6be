import type { LifecycleRule } from "../core/bucket-settings.ts";
import type { Note } from "./aspect.ts";
import { nameOf, sameRule, type OwnRule } from "./lifecycle-rules.ts";

/** A rule of ours and the one whose place it takes. */
export interface Placement {
  readonly rule: OwnRule;
  readonly existing: LifecycleRule | undefined;
}

/** What rules keep for a number of days. */
const kept: readonly [what: string, days: (rule: LifecycleRule) => number | undefined][] = [
  ["objects", (rule) => rule.Expiration?.Days],
  ["old versions", (rule) => rule.NoncurrentVersionExpiration?.NoncurrentDays],
  ["unfinished uploads", (rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation],
];

/**
 * A warning for everything that a change of our rule deletes sooner than before: by the rule whose
 * place it takes, or by other people's rules on some of the same objects.
 */
export function shorteningNotes(
  { rule, existing }: Placement,
  foreign: readonly LifecycleRule[],
): Note[] {
  if (existing !== undefined && sameRule(existing, rule)) return [];
  const where = rule.Filter.Prefix === "" ? "anywhere" : `under ${rule.Filter.Prefix}`;
  const before = [
    ...(existing === undefined ? [] : [existing]),
    ...foreign.filter((other) => other.Status === "Enabled" && overlaps(other, rule)),
  ];
  return before.flatMap((other) =>
    kept.flatMap(([what, days]): Note[] => {
      const [then, now] = [days(other), days(rule)];
      if (then === undefined || now === undefined || now >= then) return [];
      const whose = other === existing ? "" : ` by ${nameOf(other)}, which stays`;
      const text =
        `${what} ${where} are deleted after ${now} ${plural(now)} instead of ${then}${whose};` +
        " what is older goes at once.";
      return [{ level: "warning", text: text.charAt(0).toUpperCase() + text.slice(1) }];
    }),
  );
}

/** Whether one prefix lies in the other; tags and sizes only narrow that down. */
function overlaps(a: LifecycleRule, b: LifecycleRule): boolean {
  const [one, other] = [prefixOf(a), prefixOf(b)];
  return one.startsWith(other) || other.startsWith(one);
}

function prefixOf({ Filter, Prefix }: LifecycleRule): string {
  return Filter?.And?.Prefix ?? Filter?.Prefix ?? Prefix ?? "";
}

function plural(days: number): string {
  return days === 1 ? "day" : "days";
}
