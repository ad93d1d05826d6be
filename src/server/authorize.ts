import type { Tag } from "../core/bucket-settings.ts";
import { serverLimits } from "../core/limits.ts";
import type { BucketRecord } from "../engine/engine.ts";
import { decideAccess } from "../policy/decide-access.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { Caller } from "./caller.ts";

/** Condition keys and their values. */
export type AccessContext = ReadonlyMap<string, string | readonly string[]>;

export interface AccessRequest {
  readonly caller: Caller;
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** Undefined: the action concerns no bucket that exists, as in ListBuckets and CreateBucket. */
  readonly bucket: BucketRecord | undefined;
  readonly bucketName: string;
  readonly key?: string;
  readonly partition: string;
  /** Asked for only when there is a policy to judge. */
  readonly context: () => AccessContext;
  /** Tags of the object that is there, for `s3:ExistingObjectTag/...`. */
  readonly existingTags?: readonly Tag[];
}

/** Undefined: allowed. Otherwise the AccessDenied to throw. */
export function findDenial(access: AccessRequest): S3Error | undefined {
  const { caller, action, bucket } = access;
  const identityAccess = caller.kind === "anonymous" ? "none" : caller.access;
  const policy = bucket === undefined ? undefined : bucketPolicy(bucket);
  const decision = decideAccess({
    request: {
      principal: caller,
      action,
      resource: resourceArn(access),
      ...(policy !== undefined && { context: fullContext(access) }),
    },
    bucketPolicy: policy,
    identityAccess,
    sameAccount:
      caller.kind !== "anonymous" &&
      (bucket === undefined || bucket.ownerAccountId === caller.accountId),
    restrictPublicBuckets: bucket?.settings.publicAccessBlock?.RestrictPublicBuckets ?? false,
  });
  if (decision.outcome === "allowed") return undefined;
  return new S3Error("AccessDenied", { message: decision.message });
}

/**
 * Whether any anonymous request could be allowed in a bucket: the policy names everybody somewhere.
 * Where it does not, nothing that such a caller sends needs to be read.
 */
export function mayServeAnonymous(bucket: BucketRecord): boolean {
  const statements = bucketPolicy(bucket)?.statements ?? [];
  return statements.some(
    ({ effect, principals: { negated, entries } }) =>
      effect === "Allow" && (negated || entries.some(({ value }) => value === "*")),
  );
}

/** In any case and spelling; see `ServerRequest` on the tags that are there. */
export function mayAskForRequestTags(bucket: BucketRecord): boolean {
  return /RequestObjectTag|\\u/i.test(bucket.settings.policy ?? "");
}

function resourceArn({ partition, bucketName, key }: AccessRequest): string {
  if (bucketName === "") return "*";
  const bucketArn = `arn:${partition}:s3:::${bucketName}`;
  return key === undefined || key === "" ? bucketArn : `${bucketArn}/${key}`;
}

function fullContext(access: AccessRequest): AccessContext {
  const context = new Map(access.context());
  for (const { Key, Value } of access.existingTags ?? []) {
    context.set(`s3:ExistingObjectTag/${Key}`, Value);
  }
  return context;
}

/** Parsed once per text: policies are read with every request and change rarely. */
const parsed = new Map<string, Policy>();

function bucketPolicy(bucket: BucketRecord): Policy | undefined {
  const { policy } = bucket.settings;
  if (policy === undefined) return undefined;
  const cacheKey = `${bucket.name} ${policy}`;
  const known = parsed.get(cacheKey);
  if (known !== undefined) return known;
  const fresh = parsePolicy(policy, { bucket: bucket.name, uniqueIds: "accept" });
  if (parsed.size >= serverLimits.parsedPolicies) parsed.clear();
  parsed.set(cacheKey, fresh);
  return fresh;
}
