import type { LifecycleFilter, LifecycleRule, Tag } from "../../core/bucket-settings.ts";

/** What a rule's filter looks at. Delete markers have no tags and no bytes, open uploads neither. */
export interface RuleSubject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly tags?: readonly Tag[] | undefined;
}

/** True when the filter, or the legacy prefix, takes the subject in. The status is not looked at. */
export function matchesRule(rule: LifecycleRule, subject: RuleSubject): boolean {
  if (rule.Prefix !== undefined && !subject.key.startsWith(rule.Prefix)) return false;
  const filter = rule.Filter;
  if (filter === undefined) return true;
  return matchesFilter(filter, subject) && matchesAnd(filter.And, subject);
}

/** All keys of the rule begin so; empty for rules of the whole bucket. */
export function rulePrefix({ Prefix, Filter }: LifecycleRule): string {
  return Prefix ?? Filter?.Prefix ?? Filter?.And?.Prefix ?? "";
}

function matchesFilter(filter: LifecycleFilter, subject: RuleSubject): boolean {
  if (filter.Tag !== undefined && !hasTag(subject, filter.Tag)) return false;
  return matchesBounds(filter, subject);
}

function matchesAnd(and: LifecycleFilter["And"], subject: RuleSubject): boolean {
  if (and === undefined) return true;
  return (and.Tags ?? []).every((tag) => hasTag(subject, tag)) && matchesBounds(and, subject);
}

function matchesBounds(
  bounds: Pick<LifecycleFilter, "Prefix" | "ObjectSizeGreaterThan" | "ObjectSizeLessThan">,
  { key, sizeBytes }: RuleSubject,
): boolean {
  const { Prefix, ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = bounds;
  if (Prefix !== undefined && !key.startsWith(Prefix)) return false;
  if (above !== undefined && sizeBytes <= above) return false;
  return below === undefined || sizeBytes < below;
}

function hasTag({ tags = [] }: RuleSubject, wanted: Tag): boolean {
  return tags.some(({ Key, Value }) => Key === wanted.Key && Value === wanted.Value);
}
