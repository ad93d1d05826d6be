import type {
  AdvancedEventSelector,
  EventSelector,
  FieldSelector,
  TrailState,
} from "../../core/account-services.ts";
import { type AuditContext, fail, type Judgement, pass } from "./audit-rule.ts";

export type EventKind = "read" | "write";

type Place = Pick<AuditContext, "bucket" | "partition">;

/** A trail that is logging and records such events of every object in the bucket. */
export function findRecorder(
  trails: readonly TrailState[],
  kind: EventKind,
  place: Place,
): TrailState | undefined {
  return trails.find(
    ({ isLogging, logBucket, selectors = [], advancedSelectors = [] }) =>
      isLogging &&
      logBucket !== place.bucket &&
      (selectors.some((one) => recordsBasic(one, kind, place)) ||
        advancedSelectors.some((one) => recordsAdvanced(one, kind, place))),
  );
}

export function judgeRecording(
  trails: readonly TrailState[],
  kind: EventKind,
  context: AuditContext,
): Judgement {
  const recorder = findRecorder(trails, kind, context);
  if (recorder !== undefined) return pass(`${recorder.name} records them`);
  const { bucket, partition } = context;
  const name = trails.find(({ isLogging }) => isLogging)?.name ?? "TRAIL";
  const loop = trails.some(({ isLogging, logBucket }) => isLogging && logBucket === bucket)
    ? "; a trail that logs into this bucket itself does not count, for it would record its own records"
    : "";
  const selector = {
    Name: `Objects of ${bucket}`,
    FieldSelectors: [
      { Field: "eventCategory", Equals: ["Data"] },
      { Field: "resources.type", Equals: ["AWS::S3::Object"] },
      { Field: "resources.ARN", StartsWith: [`arn:${partition}:s3:::${bucket}/`] },
      ...(kind === "write" ? [{ Field: "readOnly", Equals: ["false"] }] : []),
    ],
  };
  const verb = kind === "write" ? "deleted or overwrote" : "read";
  return fail(`no trail that is logging does${loop}`, `Nobody can tell who ${verb} an object.`, {
    text:
      "Record data events of the bucket. Each event costs; the command replaces the trail's " +
      "selectors, so that those there are have to be named beside it.",
    commands: [
      `aws cloudtrail get-event-selectors --trail-name ${name}`,
      `aws cloudtrail put-event-selectors --trail-name ${name} --advanced-event-selectors '${JSON.stringify([selector])}'`,
    ],
    by: "administrator",
  });
}

function recordsBasic(
  { readWriteType, dataResources }: EventSelector,
  kind: EventKind,
  { bucket, partition }: Place,
): boolean {
  if (readWriteType !== "All" && readWriteType !== (kind === "write" ? "WriteOnly" : "ReadOnly")) {
    return false;
  }
  const whole = new Set([
    `arn:${partition}:s3`,
    `arn:${partition}:s3:::`,
    `arn:${partition}:s3:::${bucket}/`,
  ]);
  return dataResources.some(
    ({ type, values }) => type === "AWS::S3::Object" && values.some((value) => whole.has(value)),
  );
}

/** Every field must hold for every object of the bucket, not just for some. */
function recordsAdvanced(
  { fields }: AdvancedEventSelector,
  kind: EventKind,
  place: Place,
): boolean {
  const has = (name: string, value: string): boolean =>
    fields.some(({ field, equals = [] }) => field === name && equals.includes(value));
  if (!has("eventCategory", "Data") || !has("resources.type", "AWS::S3::Object")) return false;
  return fields.every((selector) => coversAll(selector, kind, place));
}

function coversAll(selector: FieldSelector, kind: EventKind, place: Place): boolean {
  const { field, equals } = selector;
  switch (field) {
    case "eventCategory":
    case "resources.type":
      return true;
    case "readOnly":
      return equals?.includes(kind === "read" ? "true" : "false") === true;
    case "resources.ARN":
      return coversObjects(selector, place);
    default:
      // Some events of some callers alone.
      return Object.keys(selector).length === 1;
  }
}

function coversObjects(selector: FieldSelector, { bucket, partition }: Place): boolean {
  const {
    equals,
    startsWith,
    endsWith,
    notEquals = [],
    notStartsWith = [],
    notEndsWith,
  } = selector;
  if ([equals, endsWith, notEndsWith].some((list) => list !== undefined)) return false;
  const objects = `arn:${partition}:s3:::${bucket}/`;
  const leavesOut = [...notEquals, ...notStartsWith].some(
    (one) => one.startsWith(objects) || objects.startsWith(one),
  );
  if (leavesOut) return false;
  return startsWith === undefined || startsWith.some((one) => objects.startsWith(one));
}
