import { defineRule, fail, notApplicable, pass, unknown } from "../audit-rule.ts";
import { knownPrincipal, readPolicy } from "../policy-view.ts";
import { findLockOuts } from "../../../policy/lock-out.ts";

export const noLockOut = defineRule({
  id: "POL-7",
  title: "The policy locks its owner not out",
  severity: "high",
  sameAs: ["CKV_AWS_93"],
  needs: ["policy", "caller"],
  judge({ policy, caller }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) return notApplicable("the bucket has no policy");
    const found = findLockOuts(read, {
      bucket: context.bucket,
      partition: context.partition,
      ownerAccountId: caller.accountId,
      principals: [knownPrincipal(caller)],
      context: new Map([["aws:SecureTransport", "true"]]),
    }).filter(({ certain, action }) => certain && action.endsWith("BucketPolicy"));
    const hangsOnPath = read.statements.some(({ effect, conditions }) =>
      conditions.some(({ key }) => effect === "Deny" && key.toLowerCase() === "aws:principalarn"),
    );
    if (hangsOnPath && caller.principalArn === undefined) {
      return unknown("a Deny compares the role's ARN, whose path IAM does not let the caller see");
    }
    if (found.length === 0) return pass("the caller may read and change it");
    return fail(
      found.map(({ message }) => message).join("; "),
      "Nobody but the root user can repair the policy.",
      {
        text: "As the root user, delete the policy.",
        commands: [`aws s3api delete-bucket-policy --bucket ${context.bucket}`],
        by: "administrator",
      },
    );
  },
});
