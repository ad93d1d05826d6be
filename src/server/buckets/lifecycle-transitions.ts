import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { invalidArgument, S3Error } from "../../protocol/s3-error.ts";
import { assertOrder, describeFilter } from "./lifecycle-order.ts";
import { assertKeptVersions, assertMidnight } from "./lifecycle-values.ts";

const storageClasses = new Set([
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
]);

/** Classes that an object may enter after 30 days at the earliest. */
const infrequentClasses = new Set(["STANDARD_IA", "ONEZONE_IA"]);
const infrequentDays = 30;

/** Throws MalformedXML, InvalidArgument or InvalidRequest. Source: as `assertLifecycle`. */
export function assertTransitions(rule: LifecycleRule): void {
  for (const transition of rule.Transitions ?? []) {
    const { Days, Date: date, StorageClass } = transition;
    assertClass(StorageClass);
    if ((Days === undefined) === (date === undefined)) throw new S3Error("MalformedXML");
    if (date !== undefined) assertMidnight(date);
    if (Days === undefined) continue;
    assertDays(Days, { field: "Days", action: "Transition", storageClass: StorageClass });
  }
  assertOneMeasure(rule);
  for (const transition of rule.NoncurrentVersionTransitions ?? []) {
    const { NoncurrentDays, NewerNoncurrentVersions, StorageClass } = transition;
    const action = "NoncurrentVersionTransition";
    assertClass(StorageClass);
    if (NoncurrentDays === undefined) throw new S3Error("MalformedXML");
    assertDays(NoncurrentDays, { field: "NoncurrentDays", action, storageClass: StorageClass });
    assertKeptVersions(NewerNoncurrentVersions, action);
  }
  assertOrder(rule);
}

function assertClass(storageClass: string): void {
  if (!storageClasses.has(storageClass)) throw new S3Error("MalformedXML");
}

/** Unlike expirations, transitions may happen on day 0. */
function assertDays(
  days: number,
  place: { readonly field: string; readonly action: string; readonly storageClass: string },
): void {
  const { field, action, storageClass } = place;
  if (!Number.isInteger(days) || days < 0) {
    throw invalidArgument(
      `'${field}' in ${action} action must be nonnegative`,
      field,
      String(days),
    );
  }
  if (infrequentClasses.has(storageClass) && days < infrequentDays) {
    throw invalidArgument(
      `'${field}' in ${action} action must be greater than or equal to ${infrequentDays} for ` +
        `storageClass '${storageClass}'`,
      field,
      String(days),
    );
  }
}

/** One rule counts days or names dates, not both. */
function assertOneMeasure(rule: LifecycleRule): void {
  const { Transitions = [], Expiration } = rule;
  const days = Transitions.some((transition) => transition.Days !== undefined);
  const dates = Transitions.some((transition) => transition.Date !== undefined);
  if (days && dates) throw mixedMeasures("Transition", rule);
  if ((days && Expiration?.Date !== undefined) || (dates && Expiration?.Days !== undefined)) {
    throw mixedMeasures("Expiration and Transition", rule);
  }
}

function mixedMeasures(actions: string, rule: LifecycleRule): S3Error {
  return new S3Error("InvalidRequest", {
    message:
      `Found mixed 'Date' and 'Days' based ${actions} actions in lifecycle rule for ` +
      describeFilter(rule),
  });
}
