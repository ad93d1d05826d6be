import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { kmsKeyOf } from "../default-encryption.ts";

export const bucketKey = defineRule({
  id: "ENC-3",
  title: "A bucket key spares calls of KMS",
  severity: "low",
  needs: ["encryption"],
  judge({ encryption }, { bucket }) {
    const named = kmsKeyOf(encryption);
    if (named === undefined) return notApplicable("the default encryption uses no key of KMS");
    if (encryption?.Rules[0]?.BucketKeyEnabled === true) return pass("the bucket key is on");
    return fail(
      "the bucket key is off",
      "Each object costs a call of KMS, and KMS throttles them.",
      {
        text:
          "Switch the bucket key on. Policies on the encryption context then see the bucket's ARN " +
          "in place of the object's.",
        commands: [
          `aws s3api put-bucket-encryption --bucket ${bucket} --server-side-encryption-configuration ` +
            `'{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"${named.algorithm}"` +
            `${named.id === undefined ? "" : `,"KMSMasterKeyID":"${named.id}"`}},"BucketKeyEnabled":true}]}'`,
        ],
        by: "you",
      },
    );
  },
});
