import type {
  LifecycleConfiguration,
  LifecycleFilter,
  LifecycleRule,
  Tag,
} from "../../core/bucket-settings.ts";
import { s3Limits } from "../../core/limits.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import {
  assertKeptVersions,
  assertMidnight,
  assertPositive,
  assertSizes,
} from "./lifecycle-values.ts";
import { assertTransitions } from "./lifecycle-transitions.ts";

const idLength = 255;

/**
 * Refuses what S3 refuses in a lifecycle configuration, with S3's codes and texts.
 * Sources: S3 API reference, PutBucketLifecycleConfiguration; recordings of AWS of 2026-02 in
 * LocalStack's snapshots; texts of AWS in public issue threads (hashicorp/terraform-provider-aws).
 */
export function assertLifecycle({ Rules }: LifecycleConfiguration): void {
  if (Rules.length === 0) throw new S3Error("MalformedXML");
  if (Rules.length > s3Limits.lifecycleRules) {
    throw invalidRequest(
      "The number of lifecycle rules must not exceed the allowed limit of " +
        `${s3Limits.lifecycleRules} rules`,
    );
  }
  for (const rule of Rules) assertRule(rule);
  const ids = Rules.map((rule) => rule.ID).filter((id) => id !== undefined);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw invalidArgument(
      "Rule ID must be unique. Found same ID for more than one rule",
      "ID",
      repeated,
    );
  }
}

function assertRule(rule: LifecycleRule): void {
  if (rule.ID !== undefined && rule.ID.length > idLength) {
    throw invalidArgument(
      `ID length should not exceed allowed limit of ${idLength}`,
      "ID",
      rule.ID,
    );
  }
  // A rule says what it is for in exactly one of the two forms.
  if ((rule.Filter === undefined) === (rule.Prefix === undefined)) {
    throw new S3Error("MalformedXML");
  }
  const reach = reachOf(rule.Filter ?? {});
  assertExpiration(rule, reach);
  assertNoncurrentExpiration(rule);
  assertAbort(rule, reach);
  assertTransitions(rule);
  const hasAction =
    rule.Expiration !== undefined ||
    rule.NoncurrentVersionExpiration !== undefined ||
    rule.AbortIncompleteMultipartUpload !== undefined ||
    (rule.Transitions ?? []).length > 0 ||
    (rule.NoncurrentVersionTransitions ?? []).length > 0;
  if (!hasAction) throw invalidRequest("At least one action needs to be specified in a rule");
}

interface Reach {
  readonly byTags: boolean;
  readonly bySize: boolean;
}

function reachOf(filter: LifecycleFilter): Reach {
  const { And, Prefix, Tag: single, ObjectSizeGreaterThan, ObjectSizeLessThan } = filter;
  const parts = [And, Prefix, single, ObjectSizeGreaterThan, ObjectSizeLessThan];
  if (parts.filter((part) => part !== undefined).length > 1) throw new S3Error("MalformedXML");
  if (And !== undefined) assertAnd(And);
  const tags: readonly Tag[] = And?.Tags ?? (single === undefined ? [] : [single]);
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidRequest("Duplicate Tag Keys are not allowed.");
  }
  const greaterThan = ObjectSizeGreaterThan ?? And?.ObjectSizeGreaterThan;
  const lessThan = ObjectSizeLessThan ?? And?.ObjectSizeLessThan;
  assertSizes(greaterThan, lessThan);
  return {
    byTags: tags.length > 0,
    bySize: greaterThan !== undefined || lessThan !== undefined,
  };
}

/** It joins at least two predicates. */
function assertAnd({ Tags = [], ...others }: NonNullable<LifecycleFilter["And"]>): void {
  const count = Object.values(others).filter((value) => value !== undefined).length;
  if (count + Tags.length < 2) throw new S3Error("MalformedXML");
}

function assertExpiration({ Expiration }: LifecycleRule, reach: Reach): void {
  if (Expiration === undefined) return;
  const { Days, Date: date, ExpiredObjectDeleteMarker } = Expiration;
  // `false` asks for nothing, and tools send it beside days.
  const marker = ExpiredObjectDeleteMarker === true ? true : undefined;
  const asked = [Days, date, marker].filter((part) => part !== undefined).length;
  if (asked > 1 || Object.keys(Expiration).length === 0) throw new S3Error("MalformedXML");
  if (Days !== undefined) assertPositive(Days, "Days", "Expiration");
  if (date !== undefined) assertMidnight(date);
  if (marker === true && reach.byTags) {
    throw invalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.");
  }
}

function assertNoncurrentExpiration({ NoncurrentVersionExpiration: action }: LifecycleRule): void {
  if (action === undefined) return;
  const { NoncurrentDays, NewerNoncurrentVersions } = action;
  if (NoncurrentDays === undefined) throw new S3Error("MalformedXML");
  assertPositive(NoncurrentDays, "NoncurrentDays", "NoncurrentVersionExpiration");
  assertKeptVersions(NewerNoncurrentVersions, "NoncurrentVersionExpiration");
}

function assertAbort({ AbortIncompleteMultipartUpload: action }: LifecycleRule, reach: Reach) {
  if (action === undefined) return;
  const name = "AbortIncompleteMultipartUpload";
  if (reach.byTags) throw invalidRequest(`${name} cannot be specified with Tags.`);
  if (reach.bySize) throw invalidRequest(`${name} cannot be specified with Object Size.`);
  assertPositive(action.DaysAfterInitiation, "DaysAfterInitiation", name);
}

function invalidRequest(message: string): S3Error {
  return new S3Error("InvalidRequest", { message });
}
