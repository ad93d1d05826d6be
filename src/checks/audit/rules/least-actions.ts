import { byPolicySetup, defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { grantsNothing, readPolicy, sidOf } from "../policy-view.ts";

export const leastActions = defineRule({
  id: "POL-8",
  title: "Grants are no wider than they need be",
  severity: "low",
  needs: ["policy"],
  judge({ policy }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) return notApplicable("the bucket has no policy");
    const wide = read.statements.filter(
      ({ effect, actions }) =>
        effect === "Allow" &&
        (actions.negated || actions.patterns.some((pattern) => /^(?:\*|s3:\*)$/i.test(pattern))),
    );
    const useless = read.statements.filter((one) => one.effect === "Allow" && grantsNothing(one));
    if (wide.length === 0 && useless.length === 0)
      return pass("no Allow of s3:*, and each action fits its resource");
    const faults = [
      ...wide.map((one) => `${sidOf(one, read)} allows every action`),
      ...useless.map((one) => `${sidOf(one, read)} names actions that its resources never have`),
    ];
    return fail(
      faults.join("; "),
      "Deleting the bucket and its policy are among all actions; an action on the wrong resource grants nothing.",
      byPolicySetup(
        context,
        "List on the bucket's ARN, objects' actions on ARN/*, and only those that are used.",
      ),
    );
  },
});
