import type { LifecycleRule } from "../core/bucket-settings.ts";
import type { Note } from "./aspect.ts";
import { nameOf, sameRule, sameScope, type OwnRule } from "./lifecycle-rules.ts";

/** A rule of ours and the one whose place it takes. */
export interface Placement {
  readonly rule: OwnRule;
  readonly existing: LifecycleRule | undefined;
}

/** What rules delete after a number of days. */
const deletions = {
  objects: (rule: LifecycleRule) => rule.Expiration?.Days,
  "old versions": (rule: LifecycleRule) => rule.NoncurrentVersionExpiration?.NoncurrentDays,
  "unfinished uploads": (rule: LifecycleRule) =>
    rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
};
type Deletion = keyof typeof deletions;
const kinds: readonly Deletion[] = ["objects", "old versions", "unfinished uploads"];

/**
 * A warning for everything that a change of our rule deletes sooner than before: by the rule whose
 * place it takes, or by other people's rules on some of the same objects.
 */
export function shorteningNotes(
  { rule, existing }: Placement,
  foreign: readonly LifecycleRule[],
): Note[] {
  if (rule.Status === "Disabled" || (existing !== undefined && sameRule(existing, rule))) return [];
  const where = rule.Filter.Prefix === "" ? "anywhere" : `under ${rule.Filter.Prefix}`;
  const others = foreign.filter((other) => other.Status === "Enabled" && overlaps(other, rule));
  return kinds.flatMap((what): Note[] => {
    const daysOf = deletions[what];
    const now = daysOf(rule);
    if (now === undefined) return [];
    const before = [
      ...(existing === undefined ? [] : [daysBefore(existing, rule, what)]),
      ...others.map((other) => ({
        daysThen: daysOf(other),
        whose: ` by ${nameOf(other)}, which stays`,
      })),
    ];
    return before.flatMap(({ daysThen, whose }) => {
      if (daysThen === undefined || now >= daysThen) return [];
      const text =
        `${what} ${where} are deleted after ${now} ${now === 1 ? "day" : "days"} instead of ` +
        `${daysThen === Infinity ? "never" : daysThen}${whose}; what is older goes at once.`;
      return [{ level: "warning", text: text.charAt(0).toUpperCase() + text.slice(1) }];
    });
  });
}

/** Turned off, or of other objects, the rule deleted none of these; it may keep the newest ones. */
function daysBefore(
  existing: LifecycleRule,
  rule: LifecycleRule,
  what: Deletion,
): { readonly daysThen: number | undefined; readonly whose: string } {
  if (existing.Status === "Disabled") return { daysThen: Infinity, whose: ", the rule was off" };
  if (!sameScope(existing, rule)) {
    return { daysThen: Infinity, whose: ", the rule was of other objects" };
  }
  const kept = existing.NoncurrentVersionExpiration?.NewerNoncurrentVersions;
  return what === "old versions" && kept !== undefined
    ? { daysThen: Infinity, whose: ` for the newest ${kept}` }
    : { daysThen: deletions[what](existing), whose: "" };
}

/** Whether one prefix lies in the other; tags and sizes only narrow that down. */
function overlaps(a: LifecycleRule, b: LifecycleRule): boolean {
  const [one, other] = [prefixOf(a), prefixOf(b)];
  return one.startsWith(other) || other.startsWith(one);
}

function prefixOf({ Filter, Prefix }: LifecycleRule): string {
  return Filter?.And?.Prefix ?? Filter?.Prefix ?? Prefix ?? "";
}
