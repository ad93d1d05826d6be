import { countOf } from "../../../core/count-of.ts";
import { bySetup, defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { enabledRules, isWholeBucket, nameOfRule } from "../lifecycle-scope.ts";

export const oldVersionsBounded = defineRule({
  id: "VER-2",
  title: "Old versions are deleted some day",
  severity: "medium",
  practice: 2,
  sameAs: ["S3.10"],
  needs: ["versioning", "lifecycle"],
  judge({ versioning, lifecycle }, context) {
    if (versioning === undefined) return notApplicable("the bucket keeps no versions");
    const rule = enabledRules(lifecycle).find(
      (one) => isWholeBucket(one) && one.NoncurrentVersionExpiration !== undefined,
    );
    if (rule !== undefined) {
      const days = rule.NoncurrentVersionExpiration?.NoncurrentDays;
      return pass(
        `${nameOfRule(rule)} deletes them after ${days === undefined ? "some days" : countOf(days, "day")}`,
      );
    }
    return fail(
      "no enabled rule for the whole bucket has NoncurrentVersionExpiration",
      "Each overwrite and delete keeps its bytes, and their cost, for good.",
      bySetup(context, "Add a rule that deletes noncurrent versions after some weeks."),
    );
  },
});
