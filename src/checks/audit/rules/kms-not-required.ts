import { defineRule } from "../audit-rule.ts";

/** Scanners that ask for KMS contradict the guide's first practice; this says so, once. */
export const kmsNotRequired = defineRule({
  id: "ENC-6",
  title: "Keys of KMS, as some scanners ask for",
  severity: "info",
  sameAs: ["S3.17", "CKV_AWS_145", "AVD-AWS-0132", "prowler s3_bucket_kms_encryption"],
  needs: [],
  judge: () => ({
    status: "muted",
    saw: "not looked at",
    reason:
      "SSE-S3 is meant (practice 1): the data is encrypted at rest, and nobody needs permissions on a key to use it",
  }),
});
