import type {
  LifecycleConfiguration,
  ObjectOwnership,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
  Tag,
  VersioningStatus,
} from "../core/bucket-settings.ts";

/** One method for each call; `BucketAdmin` reaches them by the setting's name. */
export interface SettingMethods {
  readonly getBucketEncryption: (
    bucket: string,
  ) => Promise<ServerSideEncryptionConfiguration | undefined>;
  readonly putBucketEncryption: (
    bucket: string,
    value: ServerSideEncryptionConfiguration,
  ) => Promise<void>;
  /** Undefined: never set. */
  readonly getBucketVersioning: (bucket: string) => Promise<VersioningStatus | undefined>;
  readonly putBucketVersioning: (bucket: string, value: VersioningStatus) => Promise<void>;
  /** The policy's JSON text as stored. */
  readonly getBucketPolicy: (bucket: string) => Promise<string | undefined>;
  readonly putBucketPolicy: (bucket: string, policy: string) => Promise<void>;
  readonly deleteBucketPolicy: (bucket: string) => Promise<void>;
  /** Whether S3 itself takes the policy for public; undefined when there is no policy. */
  readonly getBucketPolicyStatus: (
    bucket: string,
  ) => Promise<{ readonly isPublic: boolean } | undefined>;
  readonly getBucketLifecycle: (bucket: string) => Promise<LifecycleConfiguration | undefined>;
  readonly putBucketLifecycle: (bucket: string, value: LifecycleConfiguration) => Promise<void>;
  readonly deleteBucketLifecycle: (bucket: string) => Promise<void>;
  readonly getPublicAccessBlock: (
    bucket: string,
  ) => Promise<PublicAccessBlockConfiguration | undefined>;
  readonly putPublicAccessBlock: (
    bucket: string,
    value: PublicAccessBlockConfiguration,
  ) => Promise<void>;
  readonly getBucketOwnership: (bucket: string) => Promise<ObjectOwnership | undefined>;
  readonly putBucketOwnership: (bucket: string, value: ObjectOwnership) => Promise<void>;
  readonly getBucketTagging: (bucket: string) => Promise<readonly Tag[] | undefined>;
  readonly putBucketTagging: (bucket: string, tags: readonly Tag[]) => Promise<void>;
}
