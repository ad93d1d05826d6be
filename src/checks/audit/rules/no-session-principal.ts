import { byPolicySetup, defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { principalsOf, readPolicy } from "../policy-view.ts";

export const noSessionPrincipal = defineRule({
  id: "POL-2",
  title: "The policy names no single session",
  severity: "medium",
  practice: 6,
  needs: ["policy"],
  judge({ policy }, context) {
    const read = readPolicy(policy, context);
    if (read === undefined) return notApplicable("the bucket has no policy");
    const found = principalsOf(read).filter((value) => /:sts::\d+:assumed-role\//.test(value));
    if (found.length === 0) return pass("none");
    return fail(
      found.join(", "),
      "It works for one person alone, and no more once the role is made again.",
      byPolicySetup(context, "Name the role in place of its session."),
    );
  },
});
