/** What a call is about, as S3's access logs name it. Source: S3 User Guide; recordings of AWS's logs. */
const resources: ReadonlyMap<string, string> = new Map([
  ["AbortMultipartUpload", "UPLOAD"],
  ["CompleteMultipartUpload", "UPLOAD"],
  ["CreateMultipartUpload", "UPLOADS"],
  ["DeleteObjects", "MULTI_OBJECT_DELETE"],
  ["GetBucketAccelerateConfiguration", "ACCELERATE"],
  ["GetBucketAcl", "ACL"],
  ["GetBucketLocation", "LOCATION"],
  ["GetBucketLogging", "LOGGING_STATUS"],
  ["GetBucketNotificationConfiguration", "NOTIFICATION"],
  ["GetBucketPolicyStatus", "POLICY_STATUS"],
  ["GetBucketReplication", "REPLICATION"],
  ["GetBucketRequestPayment", "REQUEST_PAYMENT"],
  ["GetBucketVersioning", "VERSIONING"],
  ["GetBucketWebsite", "WEBSITE"],
  ["GetObjectAcl", "ACL"],
  ["GetObjectAttributes", "OBJECT_ATTRIBUTES"],
  ["GetObjectLockConfiguration", "OBJECT_LOCK_CONFIGURATION"],
  ["ListBuckets", "SERVICE"],
  ["ListMultipartUploads", "UPLOADS"],
  ["ListObjectVersions", "BUCKETVERSIONS"],
  ["ListParts", "UPLOAD"],
  ["PostObject", "BUCKET"],
  ["PreflightBucket", "PREFLIGHT"],
  ["PreflightObject", "PREFLIGHT"],
  ["PutBucketAcl", "ACL"],
  ["PutBucketLogging", "LOGGING_STATUS"],
  ["PutBucketVersioning", "VERSIONING"],
  ["PutObjectAcl", "ACL"],
  ["UploadPart", "PART"],
  ["UploadPartCopy", "PART"],
]);

/** By a word in the operation's name, for the rest. */
const families: readonly (readonly [RegExp, string])[] = [
  [/ObjectTagging$/, "OBJECT_TAGGING"],
  [/BucketTagging$/, "TAGGING"],
  [/PublicAccessBlock$/, "PUBLIC_ACCESS_BLOCK"],
  [/OwnershipControls$/, "OWNERSHIP_CONTROLS"],
  [/Encryption$/, "ENCRYPTION"],
  [/Lifecycle/, "LIFECYCLE"],
  [/Cors$/, "CORS"],
  [/BucketPolicy$/, "BUCKETPOLICY"],
  [/Object$/, "OBJECT"],
];

/** `REST.PUT.OBJECT`; undefined: not recognised. */
export function restOperation(operation: string | undefined, method: string): string | undefined {
  if (operation === undefined) return undefined;
  const verb = operation === "CopyObject" || operation === "UploadPartCopy" ? "COPY" : method;
  const resource =
    resources.get(operation) ?? families.find(([pattern]) => pattern.test(operation))?.[1];
  return `REST.${verb}.${resource ?? "BUCKET"}`;
}
