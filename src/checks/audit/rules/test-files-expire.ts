import { countOf } from "../../../core/count-of.ts";
import { bySetup, defineRule, fail, pass } from "../audit-rule.ts";
import { expiringRule, nameOfRule } from "../lifecycle-scope.ts";

export const testFilesExpire = defineRule({
  id: "LC-1",
  title: "Test files are deleted after some days",
  severity: "low",
  practice: 3,
  sameAs: ["S3.13", "CKV2_AWS_61"],
  needs: ["lifecycle"],
  judge({ lifecycle }, context) {
    const { testPrefix, testDays } = context;
    const rule = expiringRule(lifecycle, testPrefix);
    const days = rule?.Expiration?.Days;
    if (rule !== undefined && days !== undefined && days <= testDays) {
      return pass(
        `${nameOfRule(rule)} deletes what is under ${testPrefix} after ${countOf(days, "day")}`,
      );
    }
    return fail(
      days === undefined
        ? `no enabled rule deletes what is under ${testPrefix}`
        : `what is under ${testPrefix} is deleted after ${countOf(days, "day")}, not after ${testDays}`,
      "Test files pile up.",
      bySetup(context, `Add a rule for ${testPrefix}.`),
    );
  },
});
