import { type KeyAddress, keyArn, type KeyRecord } from "./key-record.ts";

/** What a key gets that is made without a policy: its account's identity policies decide. */
export function defaultKeyPolicy({ partition, accountId }: KeyAddress): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
}

/**
 * Of the account's own key for S3: everybody of the account whom S3 serves, and nobody else. Source: KMS
 * Developer Guide, "AWS managed keys"; as DescribeKey's policy reads on AWS.
 */
export function managedKeyPolicy({ partition, accountId, region }: KeyAddress): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "auto-s3-2",
    Statement: [
      {
        Sid: "Allow access through S3 for all principals in the account that are authorized to use S3",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "kms:Encrypt",
          "kms:Decrypt",
          "kms:ReEncrypt*",
          "kms:GenerateDataKey*",
          "kms:DescribeKey",
        ],
        Resource: "*",
        Condition: {
          StringEquals: {
            "kms:CallerAccount": accountId,
            "kms:ViaService": viaS3(region, partition),
          },
        },
      },
      {
        Sid: "Allow direct access to key metadata to the account",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: ["kms:Describe*", "kms:Get*", "kms:List*"],
        Resource: "*",
      },
    ],
  });
}

/** What `kms:ViaService` is when S3 asks for somebody. */
export function viaS3(region: string, partition: string): string {
  return `s3.${region}.${partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}`;
}

/** As DescribeKey and CreateKey tell of a key. Times are seconds since 1970. */
export function keyMetadata(key: KeyRecord): Record<string, unknown> {
  return {
    AWSAccountId: key.accountId,
    Arn: keyArn(key),
    CreationDate: key.createdAt / 1000,
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    Description: key.description,
    Enabled: key.state === "Enabled",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    KeyId: key.id,
    KeyManager: key.manager,
    KeySpec: "SYMMETRIC_DEFAULT",
    KeyState: key.state,
    KeyUsage: "ENCRYPT_DECRYPT",
    MultiRegion: false,
    Origin: "AWS_KMS",
    ...(key.deletionAt !== undefined && { DeletionDate: key.deletionAt / 1000 }),
  };
}
