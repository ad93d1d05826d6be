import type { PublicAccessBlockConfiguration } from "./bucket-settings.ts";

/** What is read of a bucket and its account beside the settings that are set up here. */
export interface AccountServices {
  /** One extra of a bucket. Throws StorageError, NotSupported where the store does not have it. */
  readExtra<Name extends keyof BucketExtras>(
    bucket: string,
    name: Name,
  ): Promise<BucketExtras[Name] | undefined>;
  /** The account's own block, by S3 Control; undefined: none is set. */
  readAccountPublicAccessBlock(
    accountId: string,
  ): Promise<PublicAccessBlockConfiguration | undefined>;
  /** Of a key's id, ARN or alias. Throws NotFound. */
  describeKey(keyId: string): Promise<KeyState>;
  /** All trails that this account and region see, shadows of other regions included. */
  listTrails(): Promise<readonly TrailState[]>;
  close(): void;
}

export interface BucketExtras {
  readonly acl: { readonly ownerId: string; readonly grants: readonly AclGrant[] };
  readonly logging: { readonly targetBucket: string; readonly targetPrefix: string };
  /** Set at all. */
  readonly website: true;
  readonly requestPayment: "Requester" | "BucketOwner";
  readonly replication: true;
  readonly notification: true;
  readonly objectLock: true;
}

interface AclGrant {
  /** URI of a group, or the canonical id of an account. */
  readonly grantee: string;
  readonly permission: string;
}

export interface KeyState {
  readonly arn: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `Unavailable`, ... */
  readonly state: string;
  readonly manager: "AWS" | "CUSTOMER";
  readonly description: string;
}

/** A trail of CloudTrail, with what it records. */
export interface TrailState {
  readonly name: string;
  readonly arn: string;
  readonly isMultiRegion: boolean;
  readonly isLogging: boolean;
  readonly logBucket: string;
  /** Undefined: it has advanced ones. */
  readonly selectors?: readonly EventSelector[];
  readonly advancedSelectors?: readonly AdvancedEventSelector[];
}

export interface EventSelector {
  readonly readWriteType: "ReadOnly" | "WriteOnly" | "All";
  readonly includeManagementEvents: boolean;
  readonly dataResources: readonly { readonly type: string; readonly values: readonly string[] }[];
}

export interface AdvancedEventSelector {
  readonly name?: string;
  readonly fields: readonly FieldSelector[];
}

/** Each list that is there has to hold; of a list one value. */
export interface FieldSelector {
  readonly field: string;
  readonly equals?: readonly string[];
  readonly startsWith?: readonly string[];
  readonly endsWith?: readonly string[];
  readonly notEquals?: readonly string[];
  readonly notStartsWith?: readonly string[];
  readonly notEndsWith?: readonly string[];
}
