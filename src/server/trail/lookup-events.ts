import { trailLimits } from "../../core/trail-limits.ts";
import { JsonError } from "../aws-json/json-error.ts";
import { judge, type TrailCall, type TrailOperation } from "./trail-call.ts";
import type { TrailEvent } from "./trail-event.ts";

type ReadAttribute = (event: TrailEvent) => readonly (string | undefined)[];

const attributes: ReadonlyMap<string, ReadAttribute> = new Map<string, ReadAttribute>([
  ["EventId", ({ eventId }) => [eventId]],
  ["EventName", ({ eventName }) => [eventName]],
  ["EventSource", ({ eventSource }) => [eventSource]],
  ["ReadOnly", ({ readOnly }) => [String(readOnly)]],
  ["Username", ({ userName }) => [userName]],
  ["AccessKeyId", ({ accessKeyId }) => [accessKeyId]],
  ["ResourceType", ({ resources }) => resources.map(({ type }) => type)],
  ["ResourceName", ({ resources }) => resources.map(resourceName)],
]);

/** Recent management events of the account and region, the newest first. */
export const lookupEvents: TrailOperation = (call) => {
  judge(call, "LookupEvents");
  const { caller, input, recorder, region } = call;
  const fits = filterOf(call);
  const limit = input.whole("MaxResults", 1, trailLimits.lookupPage) ?? trailLimits.lookupPage;
  const after = input.text("NextToken");
  const found: TrailEvent[] = [];
  let isPast = after === undefined;
  for (const event of recorder.history.newestFirst()) {
    if (event.accountId !== caller.accountId || event.region !== region) continue;
    if (isPast && fits(event)) found.push(event);
    if (event.eventId === after) isPast = true;
    if (found.length > limit) break;
  }
  if (!isPast) {
    throw new JsonError("InvalidNextTokenException", "The NextToken is of no page of this list.");
  }
  const Events = found.slice(0, limit);
  const last = Events.at(-1);
  return {
    Events: Events.map(told),
    ...(found.length > limit && last !== undefined && { NextToken: last.eventId }),
  };
};

function filterOf({ input }: TrailCall): (event: TrailEvent) => boolean {
  const category = input.text("EventCategory");
  if (category !== undefined) {
    throw new JsonError(
      "InvalidEventCategoryException",
      "This server has no Insights events. Leave EventCategory out for management events.",
    );
  }
  const [attribute, ...more] = input.inputs("LookupAttributes");
  if (more.length > 0) {
    throw new JsonError("InvalidLookupAttributesException", "Give one lookup attribute at most.");
  }
  const key = attribute?.text("AttributeKey") ?? "";
  const value = attribute?.text("AttributeValue");
  const read = attributes.get(key);
  if (attribute !== undefined && (read === undefined || value === undefined)) {
    throw new JsonError(
      "InvalidLookupAttributesException",
      `The attribute ${key} is none of ${[...attributes.keys()].join(", ")}, or has no value.`,
    );
  }
  const from = (input.number("StartTime") ?? 0) * 1000;
  const to = (input.number("EndTime") ?? Infinity) * 1000;
  if (from > to) {
    throw new JsonError("InvalidTimeRangeException", "The StartTime is after the EndTime.");
  }
  return (event) => {
    const time = event.time.getTime();
    return time >= from && time <= to && (read === undefined || read(event).includes(value));
  };
}

function told(event: TrailEvent) {
  const { accessKeyId, userName } = event;
  return {
    EventId: event.eventId,
    EventName: event.eventName,
    ReadOnly: String(event.readOnly),
    ...(accessKeyId !== undefined && { AccessKeyId: accessKeyId }),
    EventTime: event.time.getTime() / 1000,
    EventSource: event.eventSource,
    ...(userName !== undefined && { Username: userName }),
    Resources: event.resources.map((one) => ({
      ResourceType: one.type,
      ResourceName: resourceName(one),
    })),
    CloudTrailEvent: JSON.stringify(event.record),
  };
}

/** Buckets by their name, as the console shows them. */
function resourceName({ type, ARN, ARNPrefix }: TrailEvent["resources"][number]): string {
  const name = ARN ?? ARNPrefix ?? "";
  return type === "AWS::S3::Bucket" ? name.slice(name.lastIndexOf(":") + 1) : name;
}
