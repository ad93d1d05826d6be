import { defineRule, notApplicable, pass } from "../audit-rule.ts";

export const mfaDelete = defineRule({
  id: "VER-3",
  title: "MFA delete and object lock",
  severity: "info",
  sameAs: ["S3.15", "S3.20", "AVD-AWS-0170", "CKV_AWS_143"],
  needs: ["objectLock"],
  judge({ objectLock }) {
    if (objectLock) return pass("object lock is on");
    return notApplicable(
      "neither is set up here: MFA delete can be switched on by the root user alone, never from SSO, " +
        "and object lock keeps even what nobody wants",
    );
  },
});
