import { bySetup, defineRule, fail, pass } from "../audit-rule.ts";

export const ownerEnforced = defineRule({
  id: "OWN-1",
  title: "Access control lists are off",
  severity: "medium",
  sameAs: ["S3.12", "CKV2_AWS_65"],
  needs: ["ownership"],
  judge({ ownership }, context) {
    if (ownership === "BucketOwnerEnforced") return pass("BucketOwnerEnforced");
    return fail(
      ownership ?? "no ownership controls are set",
      "Objects may belong to other accounts, and lists grant what no policy shows.",
      bySetup(
        context,
        "Enforce the bucket owner, after grants of lists have been moved to the policy.",
      ),
    );
  },
});
