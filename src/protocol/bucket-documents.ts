import type { SettingDocuments } from "../core/bucket-settings.ts";
import {
  parseEncryptionConfiguration,
  renderEncryptionConfiguration,
} from "./documents/encryption-configuration.ts";
import {
  parseLifecycleConfiguration,
  renderLifecycleConfiguration,
} from "./documents/lifecycle-configuration.ts";
import { parseOwnershipControls, renderOwnershipControls } from "./documents/ownership-controls.ts";
import { policyText } from "./documents/policy-text.ts";
import {
  parsePublicAccessBlock,
  renderPublicAccessBlock,
} from "./documents/public-access-block.ts";
import { parseTagging, renderTagging } from "./documents/tagging.ts";
import {
  parseVersioningConfiguration,
  renderVersioningConfiguration,
} from "./documents/versioning-configuration.ts";
import type { S3ErrorCode } from "./error-codes.ts";
import type { S3OperationName } from "./operations.ts";
import { element, type XmlNode } from "./xml/render.ts";

/** A setting's operations; their IAM actions stand in the table of operations. */
export interface SettingOperations {
  readonly get: S3OperationName;
  readonly put?: S3OperationName;
  readonly remove?: S3OperationName;
  /** What GET answers where nothing is set: an error, or a document that says so. */
  readonly notSet: S3ErrorCode | XmlNode;
}

/** How a setting's document is written on the wire. */
export interface DocumentCodec<Document> {
  /** Throws S3Error, MalformedXML in most cases. */
  parse(bytes: Uint8Array): Document;
  /** Text is JSON. */
  render(document: Document): XmlNode | string;
}

export interface BucketDocument<Document> extends SettingOperations {
  readonly put: S3OperationName;
  readonly codec: DocumentCodec<Document>;
}

/** The settings whose documents are read and written here. */
export const bucketDocuments: {
  readonly [Name in Exclude<keyof SettingDocuments, "policyStatus">]: BucketDocument<
    SettingDocuments[Name]
  >;
} = {
  encryption: {
    get: "GetBucketEncryption",
    put: "PutBucketEncryption",
    remove: "DeleteBucketEncryption",
    notSet: "ServerSideEncryptionConfigurationNotFoundError",
    codec: { parse: parseEncryptionConfiguration, render: renderEncryptionConfiguration },
  },
  lifecycle: {
    get: "GetBucketLifecycleConfiguration",
    put: "PutBucketLifecycleConfiguration",
    remove: "DeleteBucketLifecycle",
    notSet: "NoSuchLifecycleConfiguration",
    codec: { parse: parseLifecycleConfiguration, render: renderLifecycleConfiguration },
  },
  ownership: {
    get: "GetBucketOwnershipControls",
    put: "PutBucketOwnershipControls",
    remove: "DeleteBucketOwnershipControls",
    notSet: "OwnershipControlsNotFoundError",
    codec: { parse: parseOwnershipControls, render: renderOwnershipControls },
  },
  policy: {
    get: "GetBucketPolicy",
    put: "PutBucketPolicy",
    remove: "DeleteBucketPolicy",
    notSet: "NoSuchBucketPolicy",
    codec: policyText,
  },
  publicAccessBlock: {
    get: "GetPublicAccessBlock",
    put: "PutPublicAccessBlock",
    remove: "DeletePublicAccessBlock",
    notSet: "NoSuchPublicAccessBlockConfiguration",
    codec: { parse: parsePublicAccessBlock, render: renderPublicAccessBlock },
  },
  tags: {
    get: "GetBucketTagging",
    put: "PutBucketTagging",
    remove: "DeleteBucketTagging",
    notSet: "NoSuchTagSet",
    codec: { parse: parseTagging, render: renderTagging },
  },
  versioning: {
    get: "GetBucketVersioning",
    put: "PutBucketVersioning",
    notSet: element("VersioningConfiguration"),
    codec: { parse: parseVersioningConfiguration, render: renderVersioningConfiguration },
  },
};

/** Settings of S3 without a document here: a store without them says that they are not set. */
export const plainSettings = {
  accelerate: {
    get: "GetBucketAccelerateConfiguration",
    notSet: element("AccelerateConfiguration"),
  },
  cors: { get: "GetBucketCors", notSet: "NoSuchCORSConfiguration" },
  logging: { get: "GetBucketLogging", notSet: element("BucketLoggingStatus") },
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
