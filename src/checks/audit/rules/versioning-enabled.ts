import { bySetup, defineRule, fail, pass } from "../audit-rule.ts";

export const versioningEnabled = defineRule({
  id: "VER-1",
  title: "Versioning is enabled",
  severity: "medium",
  practice: 2,
  sameAs: ["S3.14", "CKV_AWS_21", "AVD-AWS-0090"],
  needs: ["versioning"],
  judge({ versioning }, context) {
    if (versioning === "Enabled") return pass("Enabled");
    return fail(
      versioning === undefined ? "it was never set" : versioning,
      "What is overwritten or deleted is gone.",
      bySetup(context, "Enable versioning."),
    );
  },
});
