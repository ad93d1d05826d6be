import { countOf } from "../../../core/count-of.ts";
import { bySetup, defineRule, fail, pass } from "../audit-rule.ts";
import { enabledRules, isWholeBucket, nameOfRule } from "../lifecycle-scope.ts";

export const unfinishedUploadsAborted = defineRule({
  id: "LC-3",
  title: "Unfinished uploads are aborted some day",
  severity: "low",
  sameAs: ["CKV_AWS_300"],
  needs: ["lifecycle"],
  judge({ lifecycle }, context) {
    const rule = enabledRules(lifecycle).find(
      (one) => one.AbortIncompleteMultipartUpload !== undefined && isWholeBucket(one),
    );
    if (rule !== undefined) {
      const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
      return pass(`${nameOfRule(rule)} aborts them after ${countOf(days ?? 0, "day")}`);
    }
    return fail(
      "no enabled rule for the whole bucket has AbortIncompleteMultipartUpload",
      "Parts of uploads that were cut short are paid for, and no listing shows them.",
      bySetup(context, "Add a rule that aborts them after a week."),
    );
  },
});
