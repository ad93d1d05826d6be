import type { CompiledPolicy } from "./compile-policy.ts";
import { evaluateBucketPolicy, type EvaluateOptions, type PolicyVerdict } from "./evaluate.ts";
import type { PolicyRequest } from "./request.ts";

export interface AccessQuestion extends EvaluateOptions {
  readonly request: PolicyRequest;
  /** Undefined: the bucket has none. */
  readonly bucketPolicy: CompiledPolicy | undefined;
  /** What the caller's own policies allow: everything, or nothing by themselves. */
  readonly identityAccess: "administrator" | "none";
  /** Whether the caller belongs to the account that owns the bucket. */
  readonly sameAccount: boolean;
  /** The bucket's RestrictPublicBuckets. Default false. */
  readonly restrictPublicBuckets?: boolean;
}

export type AccessDecision = AllowedAccess | DeniedAccess;

interface AllowedAccess {
  readonly outcome: "allowed";
  readonly by: "bucket-policy" | "identity" | "owner-root";
  readonly verdict: PolicyVerdict | undefined;
}

interface DeniedAccess {
  readonly outcome: "explicitDeny" | "implicitDeny";
  /** The text of S3's AccessDenied; in full only for callers of the owner's account. */
  readonly message: string;
  readonly verdict: PolicyVerdict | undefined;
}

/**
 * Combines the bucket policy with the caller's own permissions.
 * An explicit Deny wins. In one account either side may allow; across accounts both must.
 * Sources: IAM User Guide, "Policy evaluation logic" and "Troubleshoot access denied error messages";
 * S3 User Guide, "Blocking public access" and PutBucketPolicy (the owner's root user).
 */
export function decideAccess(question: AccessQuestion): AccessDecision {
  const { bucketPolicy, request } = question;
  const verdict =
    bucketPolicy === undefined ? undefined : evaluateBucketPolicy(bucketPolicy, request, question);
  if (isOwnersRescue(question)) return { outcome: "allowed", by: "owner-root", verdict };
  if (verdict?.decision === "deny" || isRestricted(question)) {
    return denied("explicitDeny", question, verdict);
  }
  const by = grantorOf(question, verdict);
  if (by === undefined) return denied("implicitDeny", question, verdict);
  return { outcome: "allowed", by, verdict };
}

function grantorOf(
  question: AccessQuestion,
  verdict: PolicyVerdict | undefined,
): AllowedAccess["by"] | undefined {
  const allow = verdict?.decision === "allow";
  const delegation = verdict?.delegation !== undefined;
  if (!isGranted(question, { allow, delegation })) return undefined;
  return question.sameAccount && question.identityAccess === "administrator"
    ? "identity"
    : "bucket-policy";
}

/** What Allows of the bucket policy match: one that names the caller, one to the account. */
export interface PolicyGrants {
  readonly allow: boolean;
  readonly delegation: boolean;
}

/** Whether both sides together allow it; the Denies are judged before. */
export function isGranted(
  { request, identityAccess, sameAccount }: AccessQuestion,
  { allow, delegation }: PolicyGrants,
): boolean {
  if (request.principal.kind === "anonymous") return allow;
  const byIdentity = identityAccess === "administrator";
  return sameAccount ? byIdentity || allow : byIdentity && (allow || delegation);
}

const rescueActions: ReadonlySet<string> = new Set([
  "s3:GetBucketPolicy",
  "s3:PutBucketPolicy",
  "s3:DeleteBucketPolicy",
]);

/** No bucket policy can take these from the root user of the owning account. */
export function isOwnersRescue({
  request,
  sameAccount,
}: Pick<AccessQuestion, "request" | "sameAccount">): boolean {
  return sameAccount && request.principal.kind === "root" && rescueActions.has(request.action);
}

/** Under RestrictPublicBuckets a public policy serves the owner's account alone. */
export function isRestricted(question: AccessQuestion): boolean {
  const { bucketPolicy, sameAccount, restrictPublicBuckets } = question;
  if (restrictPublicBuckets !== true || sameAccount || bucketPolicy === undefined) return false;
  return bucketPolicy.isPublic;
}

function denied(
  outcome: DeniedAccess["outcome"],
  question: AccessQuestion,
  verdict: PolicyVerdict | undefined,
): DeniedAccess {
  const { principal, action, resource } = question.request;
  if (!question.sameAccount || principal.kind === "anonymous") {
    return { outcome, message: "Access Denied", verdict };
  }
  const reason =
    outcome === "explicitDeny"
      ? "with an explicit deny in a resource-based policy"
      : `because no identity-based policy allows the ${action} action`;
  const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: "${resource}" ${reason}`;
  return { outcome, message, verdict };
}
