import { defineRule, fail, pass } from "../audit-rule.ts";
import { enabledRules, isWholeBucket, nameOfRule } from "../lifecycle-scope.ts";

export const nothingExpiresEverything = defineRule({
  id: "LC-4",
  title: "No rule deletes everything",
  severity: "critical",
  needs: ["lifecycle"],
  judge({ lifecycle }, { bucket }) {
    const rule = enabledRules(lifecycle).find(
      (one) =>
        isWholeBucket(one) &&
        (one.Expiration?.Days !== undefined || one.Expiration?.Date !== undefined),
    );
    if (rule === undefined) return pass("no enabled rule expires the whole bucket");
    const when = rule.Expiration?.Days ?? rule.Expiration?.Date;
    return fail(
      `${nameOfRule(rule)} expires every object (${when}${rule.Expiration?.Days === undefined ? "" : " days"})`,
      "All results are deleted when they are that old.",
      {
        text: "Give the rule a prefix, or disable it, unless that is what is meant.",
        commands: [`aws s3api get-bucket-lifecycle-configuration --bucket ${bucket}`],
        by: "you",
      },
    );
  },
});
