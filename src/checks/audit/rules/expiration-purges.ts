import { bySetup, defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import {
  enabledRules,
  expiringRule,
  isNarrowedByPrefixAlone,
  nameOfRule,
  prefixOfRule,
} from "../lifecycle-scope.ts";

export const expirationPurges = defineRule({
  id: "LC-2",
  title: "What expires is really deleted",
  severity: "medium",
  practice: 3,
  needs: ["lifecycle", "versioning"],
  judge({ lifecycle, versioning }, context) {
    const rule = expiringRule(lifecycle, context.testPrefix);
    if (rule === undefined) return notApplicable(`no rule expires ${context.testPrefix}`);
    if (versioning === undefined) return pass("the bucket keeps no versions");
    const prefix = prefixOfRule(rule);
    const purging = enabledRules(lifecycle).find(
      (one) =>
        one.NoncurrentVersionExpiration !== undefined &&
        isNarrowedByPrefixAlone(one) &&
        prefix.startsWith(prefixOfRule(one)),
    );
    if (purging !== undefined) return pass(`${nameOfRule(purging)} deletes the versions behind it`);
    return fail(
      `${nameOfRule(rule)} only puts delete markers on top, and no rule deletes the versions below`,
      "In a bucket with versions Expiration frees nothing: the bytes stay, and are paid for.",
      bySetup(context, "Give the rule NoncurrentVersionExpiration, too."),
    );
  },
});
