import type {
  ObjectOwnership,
  PublicAccessBlockConfiguration,
  VersioningStatus,
} from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";
import { isAwsHost } from "../core/partition.ts";

/**
 * A setting that we look after, or one that is never touched. Leaving a setting out of the wish
 * never resets it: what is `unmanaged` stays as it is found.
 */
type Managed<T> = T | "unmanaged";

/** What a bucket shall be; plain data. `createDesiredState` fills in the defaults. */
export interface DesiredState {
  readonly bucket: string;
  readonly region: string;
  /** Undefined: AWS itself. */
  readonly endpointUrl: string | undefined;
  /** Twelve digits. Undefined: the caller's account. */
  readonly ownerAccountId: string | undefined;
  readonly namespace: "global" | "account-regional";
  readonly publicAccessBlock: Managed<PublicAccessBlockConfiguration>;
  readonly ownership: Managed<ObjectOwnership>;
  readonly encryption: Managed<EncryptionWish>;
  readonly versioning: Managed<VersioningStatus>;
  readonly policy: Managed<PolicyWish>;
  readonly lifecycle: Managed<LifecycleWish>;
  readonly envFile: Managed<Readonly<Record<string, string>>>;
}

export interface EncryptionWish {
  /** SSE-S3. A bucket of KMS keys is not what this set-up makes. */
  readonly algorithm: "AES256";
  /** Refuse uploads with customer-provided keys, where the store knows of it. */
  readonly blockCustomerKeys: boolean;
}

/** `least`: the guide's five permissions with what large files need. */
export type AccessPreset = "least" | "read-write" | "admin";

export interface PolicyWish {
  /** `none`: no Allow is put; one that is there stays. */
  readonly access: AccessPreset | "none";
  /** `caller`: the role or user that runs the set-up. Otherwise ARNs of roles, users or sessions. */
  readonly principals: "caller" | readonly string[];
  /**
   * `role-arn`: the role itself, found live; a re-created role must be set up again. `stable`: the
   * role's name in a condition, which survives that.
   */
  readonly form: "role-arn" | "stable";
  readonly tlsOnly: boolean;
}

export interface LifecycleWish {
  readonly testPrefix: string;
  readonly testDays: number;
  /** Days until a noncurrent version anywhere in the bucket is deleted. */
  readonly noncurrentDays: number;
  readonly abortUploadDays: number;
}

export type DesiredStateInput = Pick<DesiredState, "bucket" | "region"> & {
  readonly [Name in Exclude<keyof DesiredState, "bucket" | "region" | "policy" | "lifecycle">]?:
    | DesiredState[Name]
    | undefined;
} & {
  readonly policy?: Managed<Partial<PolicyWish>> | undefined;
  readonly lifecycle?: Managed<Partial<LifecycleWish>> | undefined;
};

const allBlocked: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

const defaultPolicy: PolicyWish = {
  access: "read-write",
  principals: "caller",
  form: "role-arn",
  tlsOnly: true,
};

const defaultLifecycle: LifecycleWish = {
  testPrefix: "test/",
  testDays: 7,
  noncurrentDays: 30,
  abortUploadDays: 7,
};

/** The guide's bucket. Throws StorageError InvalidArgument for a wish that cannot be meant. */
export function createDesiredState(input: DesiredStateInput): DesiredState {
  const desired: DesiredState = {
    bucket: input.bucket,
    region: input.region,
    endpointUrl: input.endpointUrl,
    ownerAccountId: input.ownerAccountId,
    namespace: input.namespace ?? (input.bucket.endsWith("-an") ? "account-regional" : "global"),
    publicAccessBlock: input.publicAccessBlock ?? allBlocked,
    ownership: input.ownership ?? "BucketOwnerEnforced",
    encryption: input.encryption ?? { algorithm: "AES256", blockCustomerKeys: true },
    versioning: input.versioning ?? "Enabled",
    policy: withDefaults(defaultPolicy, input.policy),
    lifecycle: withDefaults(defaultLifecycle, input.lifecycle),
    envFile: input.envFile ?? envLines(input),
  };
  assertSensible(desired);
  return desired;
}

function withDefaults<T extends object>(
  defaults: T,
  wish: Managed<Partial<T>> | undefined,
): Managed<T> {
  return wish === "unmanaged" ? wish : { ...defaults, ...wish };
}

/** Never keys: SSO, a profile or a role supplies them. */
function envLines(input: DesiredStateInput): Record<string, string> {
  return {
    STORAGE_S3_BUCKET: input.bucket,
    STORAGE_S3_REGION: input.region,
    ...(input.endpointUrl === undefined ? {} : { STORAGE_S3_ENDPOINT_URL: input.endpointUrl }),
  };
}

function assertSensible(desired: DesiredState): void {
  if (desired.region === "") throw invalid("The region is empty.", "Name one, such as us-east-1.");
  if (desired.ownerAccountId !== undefined && !/^\d{12}$/.test(desired.ownerAccountId)) {
    throw invalid(
      `${JSON.stringify(desired.ownerAccountId)} is no account id.`,
      "Give twelve digits.",
    );
  }
  if (desired.policy !== "unmanaged" && desired.policy.principals !== "caller") {
    for (const principal of desired.policy.principals) assertPrincipal(principal);
  }
  if (desired.lifecycle !== "unmanaged") assertSensibleLifecycle(desired.lifecycle);
}

const principalArn =
  /^arn:[^:]+:(iam::\d{12}:(root|role\/.+|user\/.+)|sts::\d{12}:assumed-role\/[^/]+\/[^/]+)$/;

function assertPrincipal(principal: string): void {
  if (principalArn.test(principal)) return;
  throw invalid(
    `${JSON.stringify(principal)} is no ARN of a role, a user or a session.`,
    "`aws sts get-caller-identity` shows yours; arn:aws:iam::ACCOUNT:role/NAME is a role's.",
  );
}

function assertSensibleLifecycle(wish: LifecycleWish): void {
  if (wish.testPrefix === "" || wish.testPrefix === "/") {
    throw invalid(
      "The prefix of test files is empty, so the rule would delete every object of the bucket.",
      "Give the prefix of files that may go, such as test/.",
    );
  }
  for (const name of ["testDays", "noncurrentDays", "abortUploadDays"] as const) {
    if (!Number.isInteger(wish[name]) || wish[name] < 1) {
      throw invalid(`${name} is ${wish[name]}.`, "Give a whole number of days, 1 or more.");
    }
  }
}

function invalid(message: string, remedy: string): StorageError {
  return new StorageError("InvalidArgument", message, { remedy, operation: "setup" });
}

/** True when the store is AWS S3 itself rather than one that speaks its language. */
export function isAws(desired: DesiredState): boolean {
  const host = hostOf(desired);
  return host === undefined || isAwsHost(host);
}

/** Over plain http a TLS-only rule would shut everybody out. */
export function usesTls(desired: DesiredState): boolean {
  return desired.endpointUrl === undefined || !/^http:/i.test(desired.endpointUrl);
}

function hostOf(desired: DesiredState): string | undefined {
  if (desired.endpointUrl === undefined) return undefined;
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(desired.endpointUrl)?.[1] ?? desired.endpointUrl;
}
