import type {
  RemovableSetting,
  SettingDocuments,
  SettingName,
  WritableSetting,
} from "./bucket-settings.ts";

/** Who the credentials are, from STS GetCallerIdentity. */
export interface CallerIdentity {
  /** Twelve digits. */
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
}

/** A role as IAM holds it: `arn` with its full path, `roleId` the unique `AROA...`. */
export interface RoleDescription {
  readonly arn: string;
  readonly roleId: string;
}

/**
 * What HeadBucket tells. `forbidden` is never "absent": the bucket exists but is another's, or the
 * caller may not see it. The region comes back even then.
 */
export type BucketPresence =
  | { readonly state: "present"; readonly region: string | undefined }
  | { readonly state: "absent" }
  | { readonly state: "forbidden"; readonly region: string | undefined }
  | { readonly state: "elsewhere"; readonly region: string | undefined };

export interface CreateBucketInput {
  readonly bucket: string;
  readonly region: string;
  /** `account-regional` buckets end in `-<account>-<region>-an` and can be created by no other account. */
  readonly namespace?: "global" | "account-regional";
}

/**
 * The control plane: a bucket's existence and settings, and who is asking. Reads answer `undefined`
 * for "not set" and throw StorageError for everything else; a denied read is an error, not "not set".
 * Each put replaces the whole document, as S3 does, so callers merge first.
 * Every bucket call carries `x-amz-expected-bucket-owner` when the implementation was given an owner.
 */
export interface BucketAdmin {
  getCallerIdentity(): Promise<CallerIdentity>;
  /** Undefined when the role does not exist or the store has no IAM; throws when it may not be read. */
  getRole(roleName: string): Promise<RoleDescription | undefined>;
  headBucket(bucket: string): Promise<BucketPresence>;
  /** Leaves out the LocationConstraint in us-east-1, where S3 refuses it. */
  createBucket(input: CreateBucketInput): Promise<void>;
  read<Name extends SettingName>(
    bucket: string,
    name: Name,
  ): Promise<SettingDocuments[Name] | undefined>;
  put<Name extends WritableSetting>(
    bucket: string,
    name: Name,
    document: SettingDocuments[Name],
  ): Promise<void>;
  /** Succeeds, too, when it is not set. */
  remove(bucket: string, name: RemovableSetting): Promise<void>;
  close(): void;
}
