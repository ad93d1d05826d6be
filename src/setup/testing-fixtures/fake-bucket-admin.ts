import type {
  BucketAdmin,
  BucketPresence,
  CallerIdentity,
  RoleDescription,
} from "../../core/bucket-admin.ts";
import type {
  LifecycleConfiguration,
  ObjectOwnership,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
  Tag,
  VersioningStatus,
} from "../../core/bucket-settings.ts";
import { StorageError } from "../../core/errors.ts";

export interface FakeBucket {
  region: string;
  encryption?: ServerSideEncryptionConfiguration | undefined;
  versioning?: VersioningStatus | undefined;
  policy?: string | undefined;
  lifecycle?: LifecycleConfiguration | undefined;
  publicAccessBlock?: PublicAccessBlockConfiguration | undefined;
  ownership?: ObjectOwnership | undefined;
  tags?: readonly Tag[] | undefined;
}

export const callerRole = "AWSReservedSSO_AdministratorAccess_0623eedd7adb8854";
export const callerRoleArn = `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/${callerRole}`;

const allBlocked: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** What AWS gives a bucket from its first moment, since April 2026. */
export function newBucket(region: string): FakeBucket {
  return {
    region,
    encryption: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
          BucketKeyEnabled: false,
          BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
        },
      ],
    },
    publicAccessBlock: allBlocked,
    ownership: "BucketOwnerEnforced",
  };
}

/** A bucket from before all of that: nothing is set. */
export function oldBucket(region: string): FakeBucket {
  return { region };
}

/** AWS's control plane in memory, with knobs for what goes wrong there. */
export class FakeBucketAdmin implements BucketAdmin {
  readonly buckets = new Map<string, FakeBucket>();
  readonly roles = new Map<string, RoleDescription>([
    [callerRole, { arn: callerRoleArn, roleId: "AROACALLER0000000001" }],
  ]);
  caller: CallerIdentity = {
    accountId: "111122223333",
    arn: `arn:aws:sts::111122223333:assumed-role/${callerRole}/jane`,
    userId: "AROACALLER0000000001:jane",
  };
  /** Thrown by the method of this name, such as `putBucketPolicy`. */
  readonly failures = new Map<string, Error>();
  /** Answers of headBucket that come before the true one. */
  readonly headAnswers: BucketPresence[] = [];
  /** Reads of settings that still show the state before the last put. */
  staleReads = 0;
  /** Every call that changes something, in order: `putBucketPolicy`. */
  readonly writes: string[] = [];
  /** Runs right after this read method was called, as another person would. */
  readonly meanwhile = new Map<string, () => void>();
  #before: FakeBucket | undefined;

  async getCallerIdentity(): Promise<CallerIdentity> {
    this.#call("getCallerIdentity");
    return this.caller;
  }

  async getRole(roleName: string): Promise<RoleDescription | undefined> {
    this.#call("getRole");
    return this.roles.get(roleName);
  }

  async headBucket(bucket: string): Promise<BucketPresence> {
    this.#call("headBucket");
    const answer = this.headAnswers.shift();
    if (answer !== undefined) return answer;
    const found = this.buckets.get(bucket);
    return found === undefined ? { state: "absent" } : { state: "present", region: found.region };
  }

  async createBucket({ bucket, region }: { bucket: string; region: string }): Promise<void> {
    this.writes.push("createBucket");
    this.#call("createBucket");
    this.buckets.set(bucket, newBucket(region));
  }

  getBucketEncryption = (bucket: string) => this.#read(bucket, "getBucketEncryption", "encryption");
  putBucketEncryption = (bucket: string, value: ServerSideEncryptionConfiguration) =>
    this.#write(bucket, "putBucketEncryption", { encryption: value });
  getBucketVersioning = (bucket: string) => this.#read(bucket, "getBucketVersioning", "versioning");
  putBucketVersioning = (bucket: string, value: VersioningStatus) =>
    this.#write(bucket, "putBucketVersioning", { versioning: value });
  getBucketPolicy = (bucket: string) => this.#read(bucket, "getBucketPolicy", "policy");
  putBucketPolicy = (bucket: string, value: string) =>
    this.#write(bucket, "putBucketPolicy", { policy: value });
  deleteBucketPolicy = (bucket: string) =>
    this.#write(bucket, "deleteBucketPolicy", { policy: undefined });
  getBucketLifecycle = (bucket: string) => this.#read(bucket, "getBucketLifecycle", "lifecycle");
  putBucketLifecycle = (bucket: string, value: LifecycleConfiguration) =>
    this.#write(bucket, "putBucketLifecycle", { lifecycle: value });
  deleteBucketLifecycle = (bucket: string) =>
    this.#write(bucket, "deleteBucketLifecycle", { lifecycle: undefined });
  getPublicAccessBlock = (bucket: string) =>
    this.#read(bucket, "getPublicAccessBlock", "publicAccessBlock");
  putPublicAccessBlock = (bucket: string, value: PublicAccessBlockConfiguration) =>
    this.#write(bucket, "putPublicAccessBlock", { publicAccessBlock: value });
  getBucketOwnership = (bucket: string) => this.#read(bucket, "getBucketOwnership", "ownership");
  putBucketOwnership = (bucket: string, value: ObjectOwnership) =>
    this.#write(bucket, "putBucketOwnership", { ownership: value });
  getBucketTagging = (bucket: string) => this.#read(bucket, "getBucketTagging", "tags");
  putBucketTagging = (bucket: string, value: readonly Tag[]) =>
    this.#write(bucket, "putBucketTagging", { tags: value });

  async getBucketPolicyStatus(): Promise<undefined> {
    return undefined;
  }

  close(): void {
    this.buckets.clear();
  }

  #call(method: string): void {
    const failure = this.failures.get(method);
    if (failure !== undefined) throw failure;
  }

  async #read<N extends keyof FakeBucket>(
    bucket: string,
    method: string,
    name: N,
  ): Promise<FakeBucket[N]> {
    this.#call(method);
    const stale = this.#before !== undefined && this.staleReads > 0;
    if (stale) this.staleReads -= 1;
    const value = (stale ? this.#before : this.#bucket(bucket))?.[name] as FakeBucket[N];
    this.meanwhile.get(method)?.();
    return value;
  }

  async #write(bucket: string, method: string, change: Partial<FakeBucket>): Promise<void> {
    this.writes.push(method);
    this.#call(method);
    const before = this.#bucket(bucket);
    this.#before = { ...before };
    this.buckets.set(bucket, { ...before, ...change });
  }

  #bucket(name: string): FakeBucket {
    const found = this.buckets.get(name);
    if (found === undefined)
      throw new StorageError("NotFound", `no bucket ${name}`, { status: 404 });
    return found;
  }
}

export function denied(action: string): StorageError {
  return new StorageError(
    "PermissionDenied",
    `User: arn:aws:iam::111122223333:user/u is not authorized to perform: ${action} on resource: "x"`,
    { status: 403, s3Code: "AccessDenied" },
  );
}

export function notImplemented(): StorageError {
  return new StorageError(
    "NotSupported",
    "A header you provided implies functionality that is not implemented",
    {
      status: 501,
      s3Code: "NotImplemented",
    },
  );
}
