import type { SettingDocuments, SettingName } from "../core/bucket-settings.ts";
import { bucketLogging } from "./documents/bucket-logging.ts";
import { corsConfiguration } from "./documents/cors-configuration.ts";
import { encryptionConfiguration } from "./documents/encryption-configuration.ts";
import { lifecycleConfiguration } from "./documents/lifecycle-configuration.ts";
import { ownershipControls } from "./documents/ownership-controls.ts";
import { policyStatus } from "./documents/policy-status.ts";
import { policyText } from "./documents/policy-text.ts";
import { publicAccessBlock } from "./documents/public-access-block.ts";
import type { SettingDocument } from "./documents/setting-document.ts";
import { tagging } from "./documents/tagging.ts";
import { versioningConfiguration } from "./documents/versioning-configuration.ts";
import type { S3ErrorCode } from "./error-codes.ts";
import type { S3OperationName } from "./operations.ts";
import { element, type XmlNode } from "./xml/render.ts";

/** A setting's operations; their IAM actions stand beside their names in the table of operations. */
export interface SettingOperations {
  readonly get: S3OperationName;
  readonly put?: S3OperationName;
  readonly remove?: S3OperationName;
  /** What GET answers where nothing is set: an error, or a document that says so. */
  readonly notSet: S3ErrorCode | XmlNode;
  /** What other stores call the error. */
  readonly notSetElsewhere?: readonly string[];
}

export interface BucketDocument<Document> extends SettingOperations {
  readonly codec: SettingDocument<Document>;
}

/**
 * Every setting whose document is read and written here: the client sends by this table, the server
 * answers by it.
 */
export const bucketDocuments: {
  readonly [Name in SettingName]: BucketDocument<SettingDocuments[Name]>;
} = {
  cors: {
    get: "GetBucketCors",
    put: "PutBucketCors",
    remove: "DeleteBucketCors",
    notSet: "NoSuchCORSConfiguration",
    codec: corsConfiguration,
  },
  encryption: {
    get: "GetBucketEncryption",
    put: "PutBucketEncryption",
    remove: "DeleteBucketEncryption",
    notSet: "ServerSideEncryptionConfigurationNotFoundError",
    codec: encryptionConfiguration,
  },
  lifecycle: {
    get: "GetBucketLifecycleConfiguration",
    put: "PutBucketLifecycleConfiguration",
    remove: "DeleteBucketLifecycle",
    notSet: "NoSuchLifecycleConfiguration",
    codec: lifecycleConfiguration,
  },
  logging: {
    get: "GetBucketLogging",
    put: "PutBucketLogging",
    notSet: element("BucketLoggingStatus"),
    codec: bucketLogging,
  },
  ownership: {
    get: "GetBucketOwnershipControls",
    put: "PutBucketOwnershipControls",
    remove: "DeleteBucketOwnershipControls",
    notSet: "OwnershipControlsNotFoundError",
    codec: ownershipControls,
  },
  policy: {
    get: "GetBucketPolicy",
    put: "PutBucketPolicy",
    remove: "DeleteBucketPolicy",
    notSet: "NoSuchBucketPolicy",
    codec: policyText,
  },
  policyStatus: {
    get: "GetBucketPolicyStatus",
    notSet: "NoSuchBucketPolicy",
    codec: policyStatus,
  },
  publicAccessBlock: {
    get: "GetPublicAccessBlock",
    put: "PutPublicAccessBlock",
    remove: "DeletePublicAccessBlock",
    notSet: "NoSuchPublicAccessBlockConfiguration",
    codec: publicAccessBlock,
  },
  tags: {
    get: "GetBucketTagging",
    put: "PutBucketTagging",
    remove: "DeleteBucketTagging",
    notSet: "NoSuchTagSet",
    notSetElsewhere: ["NoSuchTagSetError"],
    codec: tagging,
  },
  versioning: {
    get: "GetBucketVersioning",
    put: "PutBucketVersioning",
    notSet: element("VersioningConfiguration"),
    codec: versioningConfiguration,
  },
};

/** Settings of S3 without a document here: a store without them says that they are not set. */
export const plainSettings = {
  accelerate: {
    get: "GetBucketAccelerateConfiguration",
    notSet: element("AccelerateConfiguration"),
  },
  notification: {
    get: "GetBucketNotificationConfiguration",
    notSet: element("NotificationConfiguration"),
  },
  objectLock: {
    get: "GetObjectLockConfiguration",
    notSet: "ObjectLockConfigurationNotFoundError",
  },
  replication: {
    get: "GetBucketReplication",
    notSet: "ReplicationConfigurationNotFoundError",
  },
  requestPayment: {
    get: "GetBucketRequestPayment",
    notSet: element("RequestPaymentConfiguration", element("Payer", "BucketOwner")),
  },
  website: { get: "GetBucketWebsite", notSet: "NoSuchWebsiteConfiguration" },
} as const satisfies Readonly<Record<string, SettingOperations>>;
