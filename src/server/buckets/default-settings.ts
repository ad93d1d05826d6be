import type {
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
} from "../../core/bucket-settings.ts";

/**
 * What a bucket is from its first moment, since 2023-04.
 * Source: S3 User Guide, "Default settings for new S3 buckets"; recordings of AWS of 2026-02.
 */
export const defaultPublicAccessBlock: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** Also what a bucket goes back to when its encryption is deleted: there is no "none". */
export const defaultEncryption: ServerSideEncryptionConfiguration = {
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
      BucketKeyEnabled: false,
    },
  ],
};
