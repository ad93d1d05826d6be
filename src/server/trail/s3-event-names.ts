import type { S3OperationName } from "../../protocol/operations.ts";

/**
 * Calls about objects, which are data events; all others are management events.
 * Source: S3 User Guide, "Amazon S3 CloudTrail events".
 */
const dataOperations: ReadonlySet<string> = new Set<S3OperationName>([
  "AbortMultipartUpload",
  "CompleteMultipartUpload",
  "CopyObject",
  "CreateMultipartUpload",
  "DeleteObject",
  "DeleteObjectTagging",
  "DeleteObjects",
  "GetObject",
  "GetObjectAcl",
  "GetObjectAttributes",
  "GetObjectTagging",
  "HeadBucket",
  "HeadObject",
  "ListMultipartUploads",
  "ListObjectVersions",
  "ListObjects",
  "ListObjectsV2",
  "ListParts",
  "PostObject",
  "PutObject",
  "PutObjectAcl",
  "PutObjectTagging",
  "UploadPart",
  "UploadPartCopy",
]);

export function isDataOperation(operation: string): boolean {
  return dataOperations.has(operation) || /^(Get|Put)Object(LegalHold|Retention)$/.test(operation);
}

/** Where CloudTrail calls an operation otherwise than S3 does. Source: as above. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["ListObjectsV2", "ListObjects"],
  ["PostObject", "PutObject"],
  ["GetPublicAccessBlock", "GetBucketPublicAccessBlock"],
  ["PutPublicAccessBlock", "PutBucketPublicAccessBlock"],
  ["DeletePublicAccessBlock", "DeleteBucketPublicAccessBlock"],
  ["GetBucketLifecycleConfiguration", "GetBucketLifecycle"],
  ["PutBucketLifecycleConfiguration", "PutBucketLifecycle"],
  ["GetBucketNotificationConfiguration", "GetBucketNotification"],
  ["PutBucketNotificationConfiguration", "PutBucketNotification"],
  ["GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"],
  ["PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"],
  ["GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"],
  ["PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"],
]);

export function s3EventName(operation: string): string {
  return otherNames.get(operation) ?? operation;
}

export function isReadOnly(eventName: string): boolean {
  return /^(Get|Head|List|Select|Describe|Lookup|Validate|Check)/.test(eventName);
}
