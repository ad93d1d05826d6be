import { defineRule, fail, pass } from "../audit-rule.ts";

export const callerIsSession = defineRule({
  id: "ID-1",
  title: "Work is done in a role's session",
  severity: "high",
  practice: 4,
  needs: ["caller"],
  judge({ caller }) {
    if (/:assumed-role\//.test(caller.arn)) return pass(caller.arn);
    const isRoot = caller.arn.endsWith(":root");
    return fail(
      caller.arn,
      isRoot
        ? "The root user's keys can do everything, for good, to whoever finds them."
        : "A user's keys do not end: whoever finds them has the data until somebody notices.",
      {
        text: "Sign in by SSO, and delete the keys.",
        commands: ["aws configure sso", "sms-storage login"],
        by: "you",
      },
    );
  },
});
