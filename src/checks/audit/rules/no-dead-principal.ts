import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { principalsOf, readPolicy } from "../policy-view.ts";

export const noDeadPrincipal = defineRule({
  id: "POL-3",
  title: "The policy names nobody who is gone",
  severity: "high",
  practice: 6,
  needs: ["policy"],
  judge({ policy }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) return notApplicable("the bucket has no policy");
    const dead = principalsOf(read).filter((value) => /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(value));
    if (dead.length === 0) return pass("every principal is named by its ARN");
    return fail(
      dead.join(", "),
      "So S3 shows roles and users that were deleted: whoever has the same name now gets nothing.",
      {
        text: "Set the policy again with the role as it is now.",
        commands: [`sms-storage setup --bucket ${context.bucket} --principal ROLE-ARN`],
        by: "you",
      },
    );
  },
});
