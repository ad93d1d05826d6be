import { bySetup, defineRule, fail, pass } from "../audit-rule.ts";
import { defaultAlgorithm } from "../default-encryption.ts";

export const defaultEncryption = defineRule({
  id: "ENC-1",
  title: "New objects are encrypted with SSE-S3",
  severity: "medium",
  practice: 1,
  sameAs: ["CKV_AWS_19", "AVD-AWS-0088"],
  needs: ["encryption"],
  judge({ encryption }, context) {
    const algorithm = defaultAlgorithm(encryption);
    if (algorithm === "AES256") return pass("the default is AES256");
    if (context.expectsKms && algorithm.startsWith("aws:kms")) {
      return pass(`the default is ${algorithm}, as it is meant`);
    }
    return fail(
      `the default is ${algorithm}`,
      "Every upload and download needs permissions on the key of KMS, which SSO roles seldom have.",
      bySetup(context, "Set the default encryption to SSE-S3; objects keep the one they have."),
    );
  },
});
