import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { principalsOf, readPolicy } from "../policy-view.ts";

export const noForeignAccount = defineRule({
  id: "POL-4",
  title: "The policy grants nothing to unknown accounts",
  severity: "high",
  sameAs: ["S3.6", "prowler s3_bucket_cross_account_access"],
  needs: ["policy", "caller"],
  judge({ policy, caller }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) return notApplicable("the bucket has no policy");
    const known = new Set([caller.accountId, ...context.trustedAccounts]);
    const allowing = {
      ...read,
      statements: read.statements.filter(({ effect }) => effect === "Allow"),
    };
    const foreign = principalsOf(allowing).filter((value) => {
      const account =
        /^(\d{12})$/.exec(value)?.[1] ?? /^arn:[^:]+:(?:iam|sts)::(\d{12}):/.exec(value)?.[1];
      return account !== undefined && !known.has(account);
    });
    if (foreign.length === 0) return pass(`grants stay in ${[...known].join(", ")}`);
    return fail(foreign.join(", "), "Their administrators decide who there reads this data.", {
      text: "Remove the statement, or say that the account is trusted (--trusted-account).",
      by: "administrator",
    });
  },
});
