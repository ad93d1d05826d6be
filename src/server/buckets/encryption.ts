import type { ServerSideEncryptionConfiguration } from "../../core/bucket-settings.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { defaultEncryption } from "./default-settings.ts";
import { serveSetting } from "./serve-setting.ts";

/** The encryption of new objects. Since 2023 there is no bucket without: S3's own keys are the least. */
export const encryption = serveSetting("encryption", {
  fallback: defaultEncryption,
  accept: (document) => ({ document: checkEncryption(document) }),
});

/**
 * Refuses what S3 refuses as a bucket's default encryption, and fills in the bucket key's default, so
 * that it reads as S3 shows it. Source: recordings of AWS of 2026-02 in LocalStack's snapshots.
 */
function checkEncryption(
  configuration: ServerSideEncryptionConfiguration,
): ServerSideEncryptionConfiguration {
  const [rule, ...others] = configuration.Rules;
  if (rule === undefined || others.length > 0) throw new S3Error("MalformedXML");
  const { SSEAlgorithm, KMSMasterKeyID } = rule.ApplyServerSideEncryptionByDefault;
  if (SSEAlgorithm === "AES256" && KMSMasterKeyID !== undefined) {
    throw new S3Error("InvalidArgument", {
      message:
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or " +
        "aws:kms:dsse",
      extra: { ArgumentName: "ApplyServerSideEncryptionByDefault" },
    });
  }
  return { Rules: [{ ...rule, BucketKeyEnabled: rule.BucketKeyEnabled ?? false }] };
}
