import {
  type AuditContext,
  defineRule,
  fail,
  notApplicable,
  pass,
  unknown,
} from "../audit-rule.ts";
import type { AuditFacts } from "../facts.ts";
import { knownPrincipal, readPolicy } from "../policy-view.ts";
import { findLockOuts } from "../../../policy/lock-out.ts";
import {
  describeLimits,
  type OrganizationLimit,
  organizationLimits,
} from "../../../policy/organization-limits.ts";
import type { KnownPrincipal } from "../../../policy/request.ts";

const repairs = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"] as const;

export const noLockOut = defineRule({
  id: "POL-7",
  title: "The policy locks its owner not out",
  severity: "high",
  sameAs: ["CKV_AWS_93"],
  needs: ["policy", "caller"],
  uses: ["organization"],
  judge({ policy, caller, organization }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) return notApplicable("the bucket has no policy");
    const found = findLockOuts(read, {
      bucket: context.bucket,
      partition: context.partition,
      ownerAccountId: caller.accountId,
      principals: [knownPrincipal(caller)],
      context: new Map([["aws:SecureTransport", "true"]]),
    }).filter(({ action }) => action.endsWith("BucketPolicy"));
    const certain = found.filter((lockOut) => lockOut.certain);
    const hangsOnPath = found.some(({ unknownKeys }) => unknownKeys.includes("aws:PrincipalArn"));
    if (hangsOnPath && certain.length === 0) {
      return unknown("a Deny compares the role's ARN, whose path IAM does not let the caller see");
    }
    const limits = (principal: KnownPrincipal, isPathKnown: boolean) =>
      organization.state === "known"
        ? organizationLimits(repairs, { principal, isPathKnown }, organization.value, context)
        : [];
    const ofRoot = limits(rootOf(caller, context), true);
    const ofCaller = limits(knownPrincipal(caller), caller.principalArn !== undefined);
    const denied = certain.map(({ message }) => message).join("; ");
    if (certain.length > 0) return lockedOut(denied, ofRoot, context);
    if (ofCaller.length > 0 && ofRoot.length > 0)
      return lockedOut(wordsOf(ofCaller), ofRoot, context);
    const mayNot = ofCaller.length === 0 ? "" : `, but ${wordsOf(ofCaller)}`;
    const unseen =
      organization.state === "unknown"
        ? `; not visible: the organisation's policies (${organization.reason})`
        : "";
    return pass(`the bucket's policy lets the caller read and change it${mayNot}${unseen}`);
  },
});

function rootOf({ accountId }: AuditFacts["caller"], { partition }: AuditContext): KnownPrincipal {
  const arn = `arn:${partition}:iam::${accountId}:root`;
  return { kind: "root", accountId, arn, principalArn: arn, userId: accountId };
}

function wordsOf(limits: readonly OrganizationLimit[]): string {
  return describeLimits(limits, "the caller");
}

function lockedOut(saw: string, ofRoot: readonly OrganizationLimit[], { bucket }: AuditContext) {
  const command = `aws s3api delete-bucket-policy --bucket ${bucket}`;
  if (!ofRoot.some(({ action }) => action === "s3:DeleteBucketPolicy")) {
    return fail(saw, "Nobody but the root user can repair the policy.", {
      text: "As the root user, delete the policy.",
      commands: [command],
      by: "administrator",
    });
  }
  return fail(
    saw,
    "Nobody of the account can repair the policy: the organisation keeps even its root user from it.",
    {
      text:
        "Have the organisation's administrators let the account's administrators delete the policy, or " +
        "unlock the bucket by a root session of their own (AssumeRoot, S3UnlockBucketPolicy). Then:",
      commands: [command],
      by: "organization",
    },
  );
}
