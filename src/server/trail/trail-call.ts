import { decideAccess } from "../../policy/decide-access.ts";
import type { ContextLookup } from "../../policy/request.ts";
import { JsonError } from "../aws-json/json-error.ts";
import type { JsonInput } from "../aws-json/json-input.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { refusedBy } from "../refusals.ts";
import type { TrailContext } from "./trail-delivery.ts";
import { trailNotFound } from "./trail-error.ts";
import { type TrailAddress, trailArn, type TrailRecord } from "./trail-record.ts";
import type { TrailRecorder } from "./trail-recorder.ts";

/** A signed request to CloudTrail. */
export interface TrailCall {
  readonly caller: AuthenticatedCaller;
  readonly input: JsonInput;
  readonly recorder: TrailRecorder;
  readonly context: TrailContext;
  /** That is asked. */
  readonly region: string;
  readonly now: Date;
  readonly lookup: ContextLookup;
}

type TrailAnswer = Readonly<Record<string, unknown>>;
export type TrailOperation = (call: TrailCall) => TrailAnswer | Promise<TrailAnswer>;

/** Throws JsonError AccessDeniedException. `resource`: default all. */
export function judge(call: TrailCall, action: string, resource = "*"): void {
  const { caller, lookup } = call;
  const decision = decideAccess({
    request: { principal: caller, action: `cloudtrail:${action}`, resource, context: lookup },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  if (decision.outcome === "allowed") return;
  const message = decision.message.replace(`"${resource}"`, resource);
  throw refusedBy(new JsonError("AccessDeniedException", message), decision);
}

/** Throws JsonError for a name that no trail can have. Source: CloudTrail API reference, CreateTrail. */
export function requiredName({ input }: TrailCall, field = "Name"): string {
  const name = input.text(field) ?? "";
  const why = nameFault(name);
  if (why === undefined) return name;
  throw new JsonError("InvalidTrailNameException", why);
}

function nameFault(name: string): string | undefined {
  if (name.startsWith("arn:")) return undefined;
  if (name.length < 3) {
    return `Trail name too short. Minimum allowed length: 3 characters. Specified name length: ${name.length} characters.`;
  }
  if (name.length > 128) {
    return `Trail name too long. Maximum allowed length: 128 characters. Specified name length: ${name.length} characters.`;
  }
  if (!/^[A-Za-z0-9]/.test(name)) return "Trail name must starts with a letter or number.";
  if (!/[A-Za-z0-9]$/.test(name)) return "Trail name must ends with a letter or number.";
  if (/[^A-Za-z0-9._-]/.test(name)) {
    return (
      "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), " +
      "hyphens (-), and underscores (_)."
    );
  }
  if (/[._-]{2}/.test(name)) {
    return "Trail name must not have adjacent periods, underscores or dashes.";
  }
  return /^\d+(\.\d+){3}$/.test(name) ? "Trail name must not be an IP address." : undefined;
}

/** What the caller is judged by, whether or not there is such a trail. */
export function addressedTrail(call: TrailCall, name: string): TrailAddress {
  const { caller, context, region } = call;
  const given = /^arn:[^:]+:cloudtrail:([^:]+):\d{12}:trail\/(.+)$/.exec(name);
  const address = { accountId: caller.accountId, partition: context.partition };
  if (given !== null) return { ...address, region: given[1] ?? "", name: given[2] ?? "" };
  const seen = call.recorder.store.list(caller.accountId).filter((trail) => isSeen(trail, region));
  return { ...address, region: seen.find((trail) => trail.name === name)?.region ?? region, name };
}

/** In a region are its own trails, and those of all regions. */
export function isSeen(trail: TrailRecord, region: string): boolean {
  return trail.region === region || trail.multiRegion;
}

/** Judged, then found. Throws JsonError TrailNotFoundException. */
export function permittedTrail(call: TrailCall, action: string, field = "Name"): TrailRecord {
  const name = requiredName(call, field);
  const address = addressedTrail(call, name);
  judge(call, action, trailArn(address));
  const trail = call.recorder.store.find(address);
  if (trail === undefined || (name.startsWith("arn:") && trailArn(trail) !== name)) {
    throw trailNotFound(name, call.caller);
  }
  return trail;
}

/** As `permittedTrail`, for what only the trail's home may do. */
export function trailAtHome(call: TrailCall, action: string, field = "Name"): TrailRecord {
  const trail = permittedTrail(call, action, field);
  if (trail.region === call.region) return trail;
  throw new JsonError(
    "InvalidHomeRegionException",
    `The trail ${trail.name} is at home in ${trail.region}, and can be changed only there.`,
  );
}
