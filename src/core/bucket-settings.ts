/**
 * A bucket's settings as values. The shapes are S3's own documents, names included, so what is read
 * with any tool, planned here and sent on the wire is one and the same.
 * Source: S3 API reference and botocore's service model of 2026-08.
 */

export type VersioningStatus = "Enabled" | "Suspended";

export interface ServerSideEncryptionRule {
  readonly ApplyServerSideEncryptionByDefault: {
    readonly SSEAlgorithm: "AES256" | "aws:kms" | "aws:kms:dsse";
    readonly KMSMasterKeyID?: string;
  };
  readonly BucketKeyEnabled?: boolean;
  /** Upload kinds that the bucket refuses, since 2025-11: `SSE-C` or `NONE`. */
  readonly BlockedEncryptionTypes?: { readonly EncryptionType: readonly ("NONE" | "SSE-C")[] };
}

export interface ServerSideEncryptionConfiguration {
  readonly Rules: readonly ServerSideEncryptionRule[];
}

/** The four switches, by the names of S3. */
export interface PublicAccessBlockConfiguration {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export const objectOwnerships = [
  "BucketOwnerEnforced",
  "BucketOwnerPreferred",
  "ObjectWriter",
] as const;

export type ObjectOwnership = (typeof objectOwnerships)[number];

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface LifecycleFilter {
  readonly Prefix?: string;
  readonly Tag?: Tag;
  readonly ObjectSizeGreaterThan?: number;
  readonly ObjectSizeLessThan?: number;
  readonly And?: {
    readonly Prefix?: string;
    readonly Tags?: readonly Tag[];
    readonly ObjectSizeGreaterThan?: number;
    readonly ObjectSizeLessThan?: number;
  };
}

export interface LifecycleRule {
  readonly ID?: string;
  readonly Status: "Enabled" | "Disabled";
  readonly Filter?: LifecycleFilter;
  /** Legacy form of `Filter.Prefix`. */
  readonly Prefix?: string;
  readonly Expiration?: {
    readonly Days?: number;
    /** ISO 8601, midnight UTC. */
    readonly Date?: string;
    readonly ExpiredObjectDeleteMarker?: boolean;
  };
  readonly NoncurrentVersionExpiration?: {
    readonly NoncurrentDays?: number;
    readonly NewerNoncurrentVersions?: number;
  };
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: number };
  readonly Transitions?: readonly {
    readonly Days?: number;
    readonly Date?: string;
    readonly StorageClass: string;
  }[];
  readonly NoncurrentVersionTransitions?: readonly {
    readonly NoncurrentDays?: number;
    readonly NewerNoncurrentVersions?: number;
    readonly StorageClass: string;
  }[];
}

export interface LifecycleConfiguration {
  readonly Rules: readonly LifecycleRule[];
  readonly TransitionDefaultMinimumObjectSize?: string;
}

/** Which pages of other sites may read this bucket by a browser; the first rule that fits counts. */
export interface CorsRule {
  readonly ID?: string;
  /** Of a preflight; `*` once in each. Absent: none. */
  readonly AllowedHeaders?: readonly string[];
  readonly AllowedMethods: readonly string[];
  /** `*` once in each. */
  readonly AllowedOrigins: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  /** How long a browser may remember a preflight. */
  readonly MaxAgeSeconds?: number;
}

export interface CorsConfiguration {
  readonly CORSRules: readonly CorsRule[];
}

/** Where requests to the bucket are written down; nothing in it: nowhere. */
export interface BucketLoggingStatus {
  readonly LoggingEnabled?: { readonly TargetBucket: string; readonly TargetPrefix: string };
}

/** Every setting that is read by name, with its document. */
export interface SettingDocuments {
  readonly cors: CorsConfiguration;
  readonly encryption: ServerSideEncryptionConfiguration;
  readonly lifecycle: LifecycleConfiguration;
  readonly logging: BucketLoggingStatus;
  readonly ownership: ObjectOwnership;
  /** JSON text, as it was put. */
  readonly policy: string;
  /** Whether S3 takes the policy for public; S3 works it out itself, and it cannot be put. */
  readonly policyStatus: { readonly isPublic: boolean };
  readonly publicAccessBlock: PublicAccessBlockConfiguration;
  readonly tags: readonly Tag[];
  readonly versioning: VersioningStatus;
}

export type SettingName = keyof SettingDocuments;

export type WritableSetting = Exclude<SettingName, "policyStatus">;

/** Versioning can be suspended, never taken back, and logging is ended by an empty document. */
export type RemovableSetting = Exclude<WritableSetting, "logging" | "versioning">;
