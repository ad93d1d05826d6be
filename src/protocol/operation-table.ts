/**
 * S3's operations by scope: `[name, method, sub-resource, IAM action, header]`. A sub-resource
 * `a&b` needs both names. Actions are those of the service authorization reference, "Actions defined
 * by Amazon S3", which are often not named after the operation.
 * Source of operations: botocore's s3 service model 2006-03-01 (botocore 1.44), deprecated twins left out.
 */
type Row = readonly [
  name: string,
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE" | "OPTIONS",
  query: string,
  action: string,
  header?: string,
];

const serviceOperations = [
  ["ListBuckets", "GET", "", "s3:ListAllMyBuckets"],
] as const satisfies readonly Row[];

const bucketOperations = [
  ["HeadBucket", "HEAD", "", "s3:ListBucket"],
  ["CreateBucket", "PUT", "", "s3:CreateBucket"],
  ["DeleteBucket", "DELETE", "", "s3:DeleteBucket"],
  ["ListObjects", "GET", "", "s3:ListBucket"],
  ["ListObjectsV2", "GET", "list-type", "s3:ListBucket"],
  ["ListObjectVersions", "GET", "versions", "s3:ListBucketVersions"],
  ["ListMultipartUploads", "GET", "uploads", "s3:ListBucketMultipartUploads"],
  ["DeleteObjects", "POST", "delete", "s3:DeleteObject"],
  ["PostObject", "POST", "", "s3:PutObject"],
  ["PreflightBucket", "OPTIONS", "", "s3:GetBucketCORS"],
  ["CreateSession", "GET", "session", "s3express:CreateSession"],
  ["GetBucketLocation", "GET", "location", "s3:GetBucketLocation"],
  ["GetBucketAbac", "GET", "abac", "s3:GetBucketAbac"],
  ["PutBucketAbac", "PUT", "abac", "s3:PutBucketAbac"],
  ["GetBucketAccelerateConfiguration", "GET", "accelerate", "s3:GetAccelerateConfiguration"],
  ["PutBucketAccelerateConfiguration", "PUT", "accelerate", "s3:PutAccelerateConfiguration"],
  ["GetBucketAcl", "GET", "acl", "s3:GetBucketAcl"],
  ["PutBucketAcl", "PUT", "acl", "s3:PutBucketAcl"],
  ["GetBucketAnalyticsConfiguration", "GET", "analytics&id", "s3:GetAnalyticsConfiguration"],
  ["ListBucketAnalyticsConfigurations", "GET", "analytics", "s3:GetAnalyticsConfiguration"],
  ["PutBucketAnalyticsConfiguration", "PUT", "analytics", "s3:PutAnalyticsConfiguration"],
  ["DeleteBucketAnalyticsConfiguration", "DELETE", "analytics", "s3:PutAnalyticsConfiguration"],
  ["GetBucketCors", "GET", "cors", "s3:GetBucketCORS"],
  ["PutBucketCors", "PUT", "cors", "s3:PutBucketCORS"],
  ["DeleteBucketCors", "DELETE", "cors", "s3:PutBucketCORS"],
  ["GetBucketEncryption", "GET", "encryption", "s3:GetEncryptionConfiguration"],
  ["PutBucketEncryption", "PUT", "encryption", "s3:PutEncryptionConfiguration"],
  ["DeleteBucketEncryption", "DELETE", "encryption", "s3:PutEncryptionConfiguration"],
  [
    "GetBucketIntelligentTieringConfiguration",
    "GET",
    "intelligent-tiering&id",
    "s3:GetIntelligentTieringConfiguration",
  ],
  [
    "ListBucketIntelligentTieringConfigurations",
    "GET",
    "intelligent-tiering",
    "s3:GetIntelligentTieringConfiguration",
  ],
  [
    "PutBucketIntelligentTieringConfiguration",
    "PUT",
    "intelligent-tiering",
    "s3:PutIntelligentTieringConfiguration",
  ],
  [
    "DeleteBucketIntelligentTieringConfiguration",
    "DELETE",
    "intelligent-tiering",
    "s3:PutIntelligentTieringConfiguration",
  ],
  ["GetBucketInventoryConfiguration", "GET", "inventory&id", "s3:GetInventoryConfiguration"],
  ["ListBucketInventoryConfigurations", "GET", "inventory", "s3:GetInventoryConfiguration"],
  ["PutBucketInventoryConfiguration", "PUT", "inventory", "s3:PutInventoryConfiguration"],
  ["DeleteBucketInventoryConfiguration", "DELETE", "inventory", "s3:PutInventoryConfiguration"],
  ["GetBucketLifecycleConfiguration", "GET", "lifecycle", "s3:GetLifecycleConfiguration"],
  ["PutBucketLifecycleConfiguration", "PUT", "lifecycle", "s3:PutLifecycleConfiguration"],
  ["DeleteBucketLifecycle", "DELETE", "lifecycle", "s3:PutLifecycleConfiguration"],
  ["GetBucketLogging", "GET", "logging", "s3:GetBucketLogging"],
  ["PutBucketLogging", "PUT", "logging", "s3:PutBucketLogging"],
  [
    "GetBucketMetadataConfiguration",
    "GET",
    "metadataConfiguration",
    "s3:GetBucketMetadataTableConfiguration",
  ],
  [
    "CreateBucketMetadataConfiguration",
    "POST",
    "metadataConfiguration",
    "s3:CreateBucketMetadataTableConfiguration",
  ],
  [
    "DeleteBucketMetadataConfiguration",
    "DELETE",
    "metadataConfiguration",
    "s3:DeleteBucketMetadataTableConfiguration",
  ],
  [
    "UpdateBucketMetadataAnnotationTableConfiguration",
    "PUT",
    "metadataAnnotationTable",
    "s3:UpdateBucketMetadataAnnotationTableConfiguration",
  ],
  [
    "UpdateBucketMetadataInventoryTableConfiguration",
    "PUT",
    "metadataInventoryTable",
    "s3:UpdateBucketMetadataInventoryTableConfiguration",
  ],
  [
    "UpdateBucketMetadataJournalTableConfiguration",
    "PUT",
    "metadataJournalTable",
    "s3:UpdateBucketMetadataJournalTableConfiguration",
  ],
  [
    "GetBucketMetadataTableConfiguration",
    "GET",
    "metadataTable",
    "s3:GetBucketMetadataTableConfiguration",
  ],
  [
    "CreateBucketMetadataTableConfiguration",
    "POST",
    "metadataTable",
    "s3:CreateBucketMetadataTableConfiguration",
  ],
  [
    "DeleteBucketMetadataTableConfiguration",
    "DELETE",
    "metadataTable",
    "s3:DeleteBucketMetadataTableConfiguration",
  ],
  ["GetBucketMetricsConfiguration", "GET", "metrics&id", "s3:GetMetricsConfiguration"],
  ["ListBucketMetricsConfigurations", "GET", "metrics", "s3:GetMetricsConfiguration"],
  ["PutBucketMetricsConfiguration", "PUT", "metrics", "s3:PutMetricsConfiguration"],
  ["DeleteBucketMetricsConfiguration", "DELETE", "metrics", "s3:PutMetricsConfiguration"],
  ["GetBucketNotificationConfiguration", "GET", "notification", "s3:GetBucketNotification"],
  ["PutBucketNotificationConfiguration", "PUT", "notification", "s3:PutBucketNotification"],
  ["GetObjectLockConfiguration", "GET", "object-lock", "s3:GetBucketObjectLockConfiguration"],
  ["PutObjectLockConfiguration", "PUT", "object-lock", "s3:PutBucketObjectLockConfiguration"],
  ["GetBucketOwnershipControls", "GET", "ownershipControls", "s3:GetBucketOwnershipControls"],
  ["PutBucketOwnershipControls", "PUT", "ownershipControls", "s3:PutBucketOwnershipControls"],
  ["DeleteBucketOwnershipControls", "DELETE", "ownershipControls", "s3:PutBucketOwnershipControls"],
  ["GetBucketPolicy", "GET", "policy", "s3:GetBucketPolicy"],
  ["PutBucketPolicy", "PUT", "policy", "s3:PutBucketPolicy"],
  ["DeleteBucketPolicy", "DELETE", "policy", "s3:DeleteBucketPolicy"],
  ["GetBucketPolicyStatus", "GET", "policyStatus", "s3:GetBucketPolicyStatus"],
  ["GetPublicAccessBlock", "GET", "publicAccessBlock", "s3:GetBucketPublicAccessBlock"],
  ["PutPublicAccessBlock", "PUT", "publicAccessBlock", "s3:PutBucketPublicAccessBlock"],
  ["DeletePublicAccessBlock", "DELETE", "publicAccessBlock", "s3:PutBucketPublicAccessBlock"],
  ["GetBucketReplication", "GET", "replication", "s3:GetReplicationConfiguration"],
  ["PutBucketReplication", "PUT", "replication", "s3:PutReplicationConfiguration"],
  ["DeleteBucketReplication", "DELETE", "replication", "s3:PutReplicationConfiguration"],
  ["GetBucketRequestPayment", "GET", "requestPayment", "s3:GetBucketRequestPayment"],
  ["PutBucketRequestPayment", "PUT", "requestPayment", "s3:PutBucketRequestPayment"],
  ["GetBucketTagging", "GET", "tagging", "s3:GetBucketTagging"],
  ["PutBucketTagging", "PUT", "tagging", "s3:PutBucketTagging"],
  ["DeleteBucketTagging", "DELETE", "tagging", "s3:PutBucketTagging"],
  ["GetBucketVersioning", "GET", "versioning", "s3:GetBucketVersioning"],
  ["PutBucketVersioning", "PUT", "versioning", "s3:PutBucketVersioning"],
  ["GetBucketWebsite", "GET", "website", "s3:GetBucketWebsite"],
  ["PutBucketWebsite", "PUT", "website", "s3:PutBucketWebsite"],
  ["DeleteBucketWebsite", "DELETE", "website", "s3:DeleteBucketWebsite"],
] as const satisfies readonly Row[];

const objectOperations = [
  ["HeadObject", "HEAD", "", "s3:GetObject"],
  ["GetObject", "GET", "", "s3:GetObject"],
  ["PutObject", "PUT", "", "s3:PutObject"],
  ["CopyObject", "PUT", "", "s3:PutObject", "x-amz-copy-source"],
  ["DeleteObject", "DELETE", "", "s3:DeleteObject"],
  ["PreflightObject", "OPTIONS", "", "s3:GetBucketCORS"],
  ["CreateMultipartUpload", "POST", "uploads", "s3:PutObject"],
  ["UploadPart", "PUT", "uploadId&partNumber", "s3:PutObject"],
  ["UploadPartCopy", "PUT", "uploadId&partNumber", "s3:PutObject", "x-amz-copy-source"],
  ["CompleteMultipartUpload", "POST", "uploadId", "s3:PutObject"],
  ["AbortMultipartUpload", "DELETE", "uploadId", "s3:AbortMultipartUpload"],
  ["ListParts", "GET", "uploadId", "s3:ListMultipartUploadParts"],
  ["GetObjectAcl", "GET", "acl", "s3:GetObjectAcl"],
  ["PutObjectAcl", "PUT", "acl", "s3:PutObjectAcl"],
  ["GetObjectAnnotation", "GET", "annotation&annotationName", "s3:GetObjectAnnotation"],
  ["ListObjectAnnotations", "GET", "annotation", "s3:ListObjectAnnotations"],
  ["PutObjectAnnotation", "PUT", "annotation", "s3:PutObjectAnnotation"],
  ["DeleteObjectAnnotation", "DELETE", "annotation", "s3:DeleteObjectAnnotation"],
  ["GetObjectAttributes", "GET", "attributes", "s3:GetObjectAttributes"],
  ["UpdateObjectEncryption", "PUT", "encryption", "s3:UpdateObjectEncryption"],
  ["GetObjectLegalHold", "GET", "legal-hold", "s3:GetObjectLegalHold"],
  ["PutObjectLegalHold", "PUT", "legal-hold", "s3:PutObjectLegalHold"],
  ["RenameObject", "PUT", "renameObject", "s3express:CreateSession"],
  ["RestoreObject", "POST", "restore", "s3:RestoreObject"],
  ["GetObjectRetention", "GET", "retention", "s3:GetObjectRetention"],
  ["PutObjectRetention", "PUT", "retention", "s3:PutObjectRetention"],
  ["SelectObjectContent", "POST", "select", "s3:GetObject"],
  ["GetObjectTagging", "GET", "tagging", "s3:GetObjectTagging"],
  ["PutObjectTagging", "PUT", "tagging", "s3:PutObjectTagging"],
  ["DeleteObjectTagging", "DELETE", "tagging", "s3:DeleteObjectTagging"],
  ["GetObjectTorrent", "GET", "torrent", "s3:GetObjectTorrent"],
] as const satisfies readonly Row[];

type TableRow =
  | (typeof serviceOperations)[number]
  | (typeof bucketOperations)[number]
  | (typeof objectOperations)[number];
type S3OperationName = TableRow[0];

export type OperationScope = "service" | "bucket" | "object";

export interface S3OperationShape {
  readonly name: S3OperationName;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE" | "OPTIONS";
  readonly scope: OperationScope;
  /** Sub-resource that selects it, such as `uploads`; `analytics&id` needs both names. */
  readonly query?: string;
  /** Header that selects it, such as `x-amz-copy-source`. */
  readonly header?: string;
  /** IAM action on the current version; see `actionFor`. */
  readonly action: string;
}

/** Every operation of S3, those that a server answers with 501 included. */
export const s3Operations: readonly S3OperationShape[] = [
  ...serviceOperations.map((row) => shape("service", row)),
  ...bucketOperations.map((row) => shape("bucket", row)),
  ...objectOperations.map((row) => shape("object", row)),
];

function shape(scope: OperationScope, row: TableRow): S3OperationShape {
  const [name, method, query, action, header] = row as readonly [
    S3OperationName,
    S3OperationShape["method"],
    string,
    string,
    string?,
  ];
  return {
    name,
    method,
    scope,
    action,
    ...(query !== "" && { query }),
    ...(header !== undefined && { header }),
  };
}
