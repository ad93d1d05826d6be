import type { Tag } from "../../core/bucket-settings.ts";
import { JsonError } from "../aws-json/json-error.ts";
import type { JsonInput } from "../aws-json/json-input.ts";
import { defaultSelectors } from "./event-selectors.ts";
import { assertTrailBucket } from "./trail-bucket.ts";
import {
  addressedTrail,
  isSeen,
  judge,
  permittedTrail,
  requiredName,
  trailAtHome,
  type TrailCall,
  type TrailOperation,
} from "./trail-call.ts";
import { notBuilt, trailNotFound } from "./trail-error.ts";
import { recordsFilesOf } from "./trail-loop.ts";
import { trailArn, type TrailRecord } from "./trail-record.ts";
import { readTags } from "./trail-tags.ts";

/** What becomes of trails. */
export const trailOperations: Readonly<Record<string, TrailOperation>> = {
  CreateTrail: async (call) => {
    const { caller, context, input, region, recorder } = call;
    const name = requiredName(call);
    if (name.startsWith("arn:")) {
      throw new JsonError(
        "InvalidTrailNameException",
        "A new trail is named, not given by an ARN.",
      );
    }
    const address = { accountId: caller.accountId, partition: context.partition, region, name };
    judge(call, "CreateTrail", trailArn(address));
    assertBuilt(input);
    const multiRegion = input.flag("IsMultiRegionTrail");
    const trail: TrailRecord = {
      ...address,
      bucket: requiredBucket(input),
      ...prefixOf(input),
      multiRegion,
      globalEvents: globalEvents(input, { multiRegion, globalEvents: true }),
      selectors: defaultSelectors,
      tags: tagsOf(input),
      logging: false,
    };
    assertTrailBucket(context, trail);
    await recorder.store.add(trail);
    return described(trail);
  },
  UpdateTrail: async (call) => {
    const { input, context, recorder } = call;
    const trail = trailAtHome(call, "UpdateTrail");
    assertBuilt(input);
    const multiRegion = input.optionalFlag("IsMultiRegionTrail") ?? trail.multiRegion;
    const { prefix: _, ...plain } = trail;
    const wanted: TrailRecord = {
      ...(input.has("S3KeyPrefix") ? { ...plain, ...prefixOf(input) } : trail),
      bucket: input.has("S3BucketName") ? requiredBucket(input) : trail.bucket,
      multiRegion,
      globalEvents: globalEvents(input, { ...trail, multiRegion }),
    };
    assertTrailBucket(context, wanted);
    const { bucket, prefix, globalEvents: global } = wanted;
    const changed = await recorder.store.change(
      trail,
      ({ prefix: _before, ...there }) => ({
        ...there,
        bucket,
        multiRegion,
        globalEvents: global,
        ...(prefix !== undefined && { prefix }),
      }),
      () => trailNotFound(trail.name, call.caller),
    );
    tellLoop(call, changed);
    return described(changed);
  },
  DeleteTrail: async (call) => {
    const trail = trailAtHome(call, "DeleteTrail");
    await call.recorder.store.remove(trail, () => trailNotFound(trail.name, call.caller));
    return {};
  },
  GetTrail: (call) => {
    const trail = permittedTrail(call, "GetTrail");
    return { Trail: { ...described(trail), ...facts(trail) } };
  },
  DescribeTrails: (call) => {
    const { caller, input, recorder, region } = call;
    judge(call, "DescribeTrails");
    const names = input.texts("trailNameList");
    const shadows = input.optionalFlag("includeShadowTrails") ?? true;
    const seen = recorder.store
      .list(caller.accountId)
      .filter((trail) => (shadows ? isSeen(trail, region) : trail.region === region));
    const wanted = new Set(names.map((name) => trailArn(addressedTrail(call, name))));
    const found = names.length === 0 ? seen : seen.filter((trail) => wanted.has(trailArn(trail)));
    return { trailList: found.map((trail) => ({ ...described(trail), ...facts(trail) })) };
  },
  ListTrails: (call) => {
    judge(call, "ListTrails");
    return {
      Trails: call.recorder.store.list(call.caller.accountId).map((trail) => ({
        TrailARN: trailArn(trail),
        Name: trail.name,
        HomeRegion: trail.region,
      })),
    };
  },
  StartLogging: async (call) => {
    const trail = trailAtHome(call, "StartLogging");
    const startedAt = call.now.getTime();
    const changed = await call.recorder.store.change(
      trail,
      (there) => ({ ...there, logging: true, startedAt }),
      () => trailNotFound(trail.name, call.caller),
    );
    tellLoop(call, changed);
    return {};
  },
  StopLogging: async (call) => {
    const trail = trailAtHome(call, "StopLogging");
    const stoppedAt = call.now.getTime();
    await call.recorder.store.change(
      trail,
      (there) => ({ ...there, logging: false, stoppedAt }),
      () => trailNotFound(trail.name, call.caller),
    );
    return {};
  },
  GetTrailStatus: (call) => statusOf(call, permittedTrail(call, "GetTrailStatus")),
};

/** Of a trail that records what is done in the bucket that it writes to. */
export function tellLoop({ context }: TrailCall, trail: TrailRecord): void {
  if (!trail.logging || !recordsFilesOf(trail, trail)) return;
  const error = new Error(
    `It records data events of s3://${trail.bucket}, into which it writes. AWS would record each of its ` +
      "files in the next one, without an end; here its own files are left out. Choose another bucket.",
  );
  context.log({ kind: "trail", trail: trailArn(trail), error });
}

function statusOf({ recorder }: TrailCall, trail: TrailRecord) {
  const { attemptedAt, deliveredAt, error } = recorder.store.deliveryOf(trail);
  const { startedAt, stoppedAt } = trail;
  return {
    IsLogging: trail.logging,
    ...(error !== undefined && { LatestDeliveryError: error }),
    ...(deliveredAt !== undefined && { LatestDeliveryTime: deliveredAt / 1000 }),
    ...(startedAt !== undefined && { StartLoggingTime: startedAt / 1000 }),
    ...(stoppedAt !== undefined && { StopLoggingTime: stoppedAt / 1000 }),
    LatestDeliveryAttemptTime: textOf(attemptedAt),
    LatestNotificationAttemptTime: "",
    LatestNotificationAttemptSucceeded: "",
    LatestDeliveryAttemptSucceeded: error === undefined ? textOf(attemptedAt) : textOf(deliveredAt),
    TimeLoggingStarted: textOf(startedAt),
    TimeLoggingStopped: textOf(stoppedAt),
  };
}

function textOf(milliseconds: number | undefined): string {
  return milliseconds === undefined ? "" : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

function described(trail: TrailRecord) {
  return {
    Name: trail.name,
    S3BucketName: trail.bucket,
    ...(trail.prefix !== undefined && { S3KeyPrefix: trail.prefix }),
    IncludeGlobalServiceEvents: trail.globalEvents,
    IsMultiRegionTrail: trail.multiRegion,
    TrailARN: trailArn(trail),
    LogFileValidationEnabled: false,
    IsOrganizationTrail: false,
  };
}

function facts({ region, selectors }: TrailRecord) {
  const isOwn = JSON.stringify(selectors) !== JSON.stringify(defaultSelectors);
  return { HomeRegion: region, HasCustomEventSelectors: isOwn, HasInsightSelectors: false };
}

/** What this server has not is said, and not passed over. */
function assertBuilt(input: JsonInput): void {
  if (input.flag("EnableLogFileValidation")) {
    throw notBuilt("writes no digest files", "Leave EnableLogFileValidation out.");
  }
  if (input.flag("IsOrganizationTrail")) {
    throw notBuilt("has no trails of organisations", "Make one in each account.");
  }
  if ((input.text("KmsKeyId") ?? "") !== "") {
    throw notBuilt("encrypts a trail's files as their bucket says", "Set the key on the bucket.");
  }
  for (const name of ["SnsTopicName", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"]) {
    if ((input.text(name) ?? "") === "") continue;
    throw notBuilt("has neither SNS nor CloudWatch Logs", `Leave ${name} out.`);
  }
}

function globalEvents(
  input: JsonInput,
  fallback: Pick<TrailRecord, "multiRegion" | "globalEvents">,
): boolean {
  const asked = input.optionalFlag("IncludeGlobalServiceEvents") ?? fallback.globalEvents;
  if (asked || !fallback.multiRegion) return asked;
  throw new JsonError(
    "InvalidParameterCombinationException",
    "Multi-Region trail must include global service events.",
  );
}

function requiredBucket(input: JsonInput): string {
  const name = input.text("S3BucketName") ?? "";
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return name;
  throw new JsonError("InvalidS3BucketNameException", `Bucket name ${name} is invalid.`);
}

function prefixOf(input: JsonInput): { readonly prefix?: string } {
  const prefix = (input.text("S3KeyPrefix") ?? "").replace(/\/+$/, "");
  if (prefix === "") return {};
  if (prefix.length <= 200) return { prefix };
  throw new JsonError("InvalidS3PrefixException", "S3 prefix is longer than maximum length: 200.");
}

function tagsOf(input: JsonInput): readonly Tag[] {
  return readTags(input, "TagsList");
}
