import type { BucketRecord } from "../engine/engine.ts";
import type { CompiledPolicy } from "../policy/compile-policy.ts";
import { noLayers } from "../policy/access-layers.ts";
import type { AccessQuestion } from "../policy/combine-layers.ts";
import { decideAccess } from "../policy/decide-access.ts";
import { mightBeAllowed } from "../policy/might-allow.ts";
import type { ContextLookup } from "../policy/request.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { Caller } from "./caller.ts";

export interface AccessRequest {
  readonly caller: Caller;
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** Undefined: the action concerns no bucket that exists, as in ListBuckets and CreateBucket. */
  readonly bucket: BucketRecord | undefined;
  /** The bucket's. */
  readonly policy: CompiledPolicy | undefined;
  readonly bucketName: string;
  readonly key?: string;
  readonly partition: string;
  /** Asked only for the condition keys that the policy names. */
  readonly context: ContextLookup;
}

/** Undefined: allowed. Otherwise the AccessDenied to throw. */
export function findDenial(access: AccessRequest): S3Error | undefined {
  const decision = decideAccess(questionOf(access));
  if (decision.outcome === "allowed") return undefined;
  return new S3Error("AccessDenied", { message: decision.message });
}

/**
 * As `findDenial`, for what is known of a request before its body is: certain where it denies. With
 * `anyKey` the document may name every key of the bucket.
 */
export function findCertainDenial(
  access: AccessRequest,
  { anyKey }: { readonly anyKey: boolean },
): S3Error | undefined {
  const question = questionOf(access);
  const { resource } = question.request;
  const request = { ...question.request, resource: anyKey ? `${resource}/` : resource };
  if (mightBeAllowed({ ...question, request, resourceIsPrefix: anyKey })) return undefined;
  return findDenial(access) ?? new S3Error("AccessDenied");
}

function questionOf(access: AccessRequest): AccessQuestion {
  const { caller, action, bucket, context } = access;
  return {
    request: { principal: caller, action, resource: resourceArn(access), context },
    resourcePolicy: access.policy,
    caller: caller.kind === "anonymous" ? noLayers : caller.layers,
    sameAccount:
      caller.kind !== "anonymous" &&
      (bucket === undefined || bucket.ownerAccountId === caller.accountId),
    restrictPublicBuckets: bucket?.settings.publicAccessBlock?.RestrictPublicBuckets ?? false,
  };
}

function resourceArn({ partition, bucketName, key }: AccessRequest): string {
  if (bucketName === "") return "*";
  const bucketArn = `arn:${partition}:s3:::${bucketName}`;
  return key === undefined || key === "" ? bucketArn : `${bucketArn}/${key}`;
}
