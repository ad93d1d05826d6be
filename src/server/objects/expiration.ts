import type {
  LifecycleConfiguration,
  LifecycleFilter,
  LifecycleRule,
  Tag,
} from "../../core/bucket-settings.ts";
import type { ObjectRecord } from "../../engine/engine.ts";
import { formatHttpDate } from "../../protocol/http-date.ts";
import { uriEncode } from "../../protocol/query.ts";

const dayMs = 86_400_000;

type Expiring = Pick<ObjectRecord, "key" | "sizeBytes" | "lastModified" | "tags">;

/**
 * The `x-amz-expiration` header of a current version: when the earliest lifecycle rule deletes it.
 * Undefined: no rule does.
 */
export function expirationHeader(
  lifecycle: LifecycleConfiguration | undefined,
  record: Expiring,
): string | undefined {
  let earliest: { readonly at: number; readonly ruleId: string } | undefined;
  for (const rule of lifecycle?.Rules ?? []) {
    const at = expiresAt(rule, record);
    if (at === undefined || (earliest !== undefined && earliest.at <= at)) continue;
    earliest = { at, ruleId: rule.ID ?? "" };
  }
  if (earliest === undefined) return undefined;
  const date = formatHttpDate(new Date(earliest.at));
  return `expiry-date="${date}", rule-id="${uriEncode(earliest.ruleId)}"`;
}

/** S3 counts from creation and rounds up to the next midnight UTC. */
function expiresAt(rule: LifecycleRule, record: Expiring): number | undefined {
  if (rule.Status !== "Enabled" || !matchesRule(rule, record)) return undefined;
  const { Days, Date: date } = rule.Expiration ?? {};
  if (date !== undefined) return Date.parse(date);
  if (Days === undefined) return undefined;
  return Math.ceil((record.lastModified.getTime() + Days * dayMs) / dayMs) * dayMs;
}

function matchesRule(rule: LifecycleRule, record: Expiring): boolean {
  if (rule.Prefix !== undefined && !record.key.startsWith(rule.Prefix)) return false;
  const filter = rule.Filter;
  if (filter === undefined) return true;
  return matchesFilter(filter, record) && matchesAnd(filter.And, record);
}

function matchesFilter(filter: LifecycleFilter, record: Expiring): boolean {
  if (filter.Tag !== undefined && !hasTag(record, filter.Tag)) return false;
  return matchesBounds(filter, record);
}

function matchesAnd(and: LifecycleFilter["And"], record: Expiring): boolean {
  if (and === undefined) return true;
  return (and.Tags ?? []).every((tag) => hasTag(record, tag)) && matchesBounds(and, record);
}

function matchesBounds(
  bounds: Pick<LifecycleFilter, "Prefix" | "ObjectSizeGreaterThan" | "ObjectSizeLessThan">,
  { key, sizeBytes }: Expiring,
): boolean {
  const { Prefix, ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = bounds;
  if (Prefix !== undefined && !key.startsWith(Prefix)) return false;
  if (above !== undefined && sizeBytes <= above) return false;
  return below === undefined || sizeBytes < below;
}

function hasTag({ tags = [] }: Expiring, wanted: Tag): boolean {
  return tags.some(({ Key, Value }) => Key === wanted.Key && Value === wanted.Value);
}
