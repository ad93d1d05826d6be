import { defineRule, fail, pass } from "../audit-rule.ts";

export const dailyRole = defineRule({
  id: "ID-5",
  title: "Daily work is not done as an administrator",
  severity: "low",
  needs: ["caller"],
  judge({ caller }) {
    const [, kind = "", role = ""] =
      /:(assumed-role)\/([^/]+)/.exec(caller.arn) ??
      /:(user)\/(?:.*\/)?([^/]+)$/.exec(caller.arn) ??
      [];
    const isRoot = caller.arn.endsWith(":root");
    if (!isRoot && !/admin/i.test(role)) return pass(caller.arn);
    return fail(
      isRoot ? "this is the root user" : `the ${kind === "user" ? "user" : "role"} is ${role}`,
      "A mistake in a script may change or delete anything in the account.",
      { text: "Ask for a permission set with the bucket alone.", by: "administrator" },
    );
  },
});
