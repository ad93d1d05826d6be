import { byPolicySetup, defineRule, fail, pass } from "../audit-rule.ts";
import { arnOf, isAboutWho, readPolicy, sidOf } from "../policy-view.ts";

export const restrictingDeny = defineRule({
  id: "POL-1",
  title: "The policy restricts who may use the bucket",
  severity: "medium",
  practice: 6,
  needs: ["policy"],
  judge({ policy }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) {
      return fail(
        "the bucket has no policy",
        "Every principal of the account whose own policies allow it may use the bucket.",
        byPolicySetup(
          context,
          "Refuse everybody of other accounts; with --guard principals everybody but those who have access.",
          " --guard account",
        ),
      );
    }
    const deny = read.statements.find(
      ({ effect, conditions }) => effect === "Deny" && conditions.some(isAboutWho),
    );
    if (deny !== undefined) return pass(`${sidOf(deny, read)} denies all others`);
    return fail(
      "no Deny depends on the principal, its account or its organisation",
      "Whoever is granted access by IAM in this account gets it, whatever the policy's Allows say.",
      {
        text: "Where that is not meant, deny everybody but those named, after a test of whom it locks out.",
        statements: [
          {
            Sid: "OnlyThese",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [arnOf(context), `${arnOf(context)}/*`],
            Condition: { ArnNotLike: { "aws:PrincipalArn": ["ROLE-ARN"] } },
          },
        ],
        by: "administrator",
      },
    );
  },
});
