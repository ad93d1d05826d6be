import type { BucketRecord } from "../engine/engine.ts";
import type { CompiledPolicy } from "../policy/compile-policy.ts";
import { type NamedPolicy, noLayers } from "../policy/access-layers.ts";
import type { AccessQuestion } from "../policy/combine-layers.ts";
import { decideAccess } from "../policy/decide-access.ts";
import { mightBeAllowed } from "../policy/might-allow.ts";
import type { ContextLookup } from "../policy/request.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { AccountBlocks } from "./s3control/account-blocks.ts";
import { type Caller, sharesOrganization } from "./caller.ts";
import type { Identities } from "./identities/identities.ts";
import { refusedBy } from "./refusals.ts";

export interface AccessRequest {
  readonly caller: Caller;
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** Undefined: the action concerns no bucket that exists, as in ListBuckets and CreateBucket. */
  readonly bucket: BucketRecord | undefined;
  /** The bucket's. */
  readonly policy: CompiledPolicy | undefined;
  readonly bucketName: string;
  readonly key?: string | undefined;
  readonly partition: string;
  readonly identities: Pick<Identities, "organizationOf" | "resourceLayers">;
  /** Nobody gets in whom the bucket's policy does not allow, where it has one. Default false. */
  readonly policyMustAllow?: boolean | undefined;
  readonly accountBlocks: Pick<AccountBlocks, "of">;
  /** Of the endpoint that the request came through. */
  readonly vpcEndpoint?: NamedPolicy | undefined;
  /** Asked only for the condition keys that the policy names. */
  readonly context: ContextLookup;
}

/** Undefined: allowed. Otherwise the AccessDenied to throw. */
export function findDenial(access: AccessRequest): S3Error | undefined {
  const decision = decideAccess(questionOf(access));
  if (decision.outcome === "allowed") return undefined;
  const error = policyDecides(access)
    ? new S3Error("AccessDeniedByBucketPolicy")
    : new S3Error("AccessDenied", { message: decision.message });
  return refusedBy(error, decision);
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
  const { caller, action, bucket, context, identities } = access;
  const isKnown = caller.kind !== "anonymous";
  const owner = bucket?.ownerAccountId ?? (isKnown ? caller.accountId : "");
  // Where the policy must allow, as across accounts: there identity and bucket both have to.
  const sameAccount = isKnown && owner === caller.accountId && !policyDecides(access);
  return {
    request: { principal: caller, action, resource: resourceArn(access), context },
    resourcePolicy: access.policy,
    caller: isKnown ? caller.layers : noLayers,
    sameAccount,
    sameOrganization:
      isKnown && !sameAccount && sharesOrganization(caller, identities.organizationOf(owner)),
    resourceControl: identities.resourceLayers(owner).resourceControl,
    restrictPublicBuckets: bucket !== undefined && restricts(bucket, access),
    vpcEndpoint: access.vpcEndpoint,
  };
}

function policyDecides({ policyMustAllow, policy }: AccessRequest): boolean {
  return policyMustAllow === true && policy !== undefined;
}

/** The bucket's own block, or its account's; asked where a policy might be public at all. */
function restricts(
  { settings, ownerAccountId }: BucketRecord,
  { policy, accountBlocks }: AccessRequest,
): boolean {
  if (policy === undefined) return false;
  if (settings.publicAccessBlock?.RestrictPublicBuckets === true) return true;
  return accountBlocks.of(ownerAccountId)?.RestrictPublicBuckets === true;
}

function resourceArn({ partition, bucketName, key }: AccessRequest): string {
  // What concerns no one bucket is on all of them: policies allow it on `*` or on `arn:aws:s3:::*`.
  if (bucketName === "") return `arn:${partition}:s3:::*`;
  const bucketArn = `arn:${partition}:s3:::${bucketName}`;
  return key === undefined || key === "" ? bucketArn : `${bucketArn}/${key}`;
}
