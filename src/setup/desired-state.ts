import type {
  ObjectOwnership,
  PublicAccessBlockConfiguration,
  VersioningStatus,
} from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";
import { isRolePattern } from "../policy/lasting-principal.ts";
import { findPartition, isAwsHost, isRegionName } from "../core/partition.ts";

/** What we look after, or what is never touched and stays as it is found. */
export type Managed<T> = T | "unmanaged";

/**
 * `reset`: back to what a bucket has when nobody says anything, as far as S3 can go back; of policy and
 * lifecycle only what is ours goes. Leaving a setting out of the wish never resets it.
 */
export type Resettable<T> = Managed<T> | "reset";

/** What a bucket shall be; plain data. `createDesiredState` fills in the defaults. */
export interface DesiredState {
  readonly bucket: string;
  readonly region: string;
  /** Undefined: AWS itself. */
  readonly endpointUrl: string | undefined;
  /** Undefined, as in plans of before: `s3`. */
  readonly backend?: "s3" | "qumulo" | undefined;
  /** Twelve digits. Undefined: the caller's account. */
  readonly ownerAccountId: string | undefined;
  readonly namespace: "global" | "account-regional";
  readonly publicAccessBlock: Resettable<PublicAccessBlockConfiguration>;
  readonly ownership: Resettable<ObjectOwnership>;
  readonly encryption: Resettable<EncryptionWish>;
  readonly versioning: Resettable<VersioningStatus>;
  readonly policy: Resettable<PolicyWish>;
  readonly lifecycle: Resettable<LifecycleWish>;
  readonly envFile: Managed<Readonly<Record<string, string>>>;
}

/** How new objects shall be encrypted. */
export interface EncryptionWish {
  /** SSE-S3. A bucket of KMS keys is not what this set-up makes. */
  readonly algorithm: "AES256";
  /** Refuse uploads with customer-provided keys, where the store knows of it. */
  readonly blockCustomerKeys: boolean;
}

/** `least`: the guide's five permissions with what large files need. */
export type AccessPreset = "least" | "read-write" | "admin";

/** How a role is named in the policy. */
export type PrincipalForm = "role-arn" | "stable" | "session";

/** What is not said stays as our statements in the bucket have it; else it is the default. */
export interface PolicyWish {
  /** `none`: no Allow is put; one that is there stays. Default `read-write`. */
  readonly access?: AccessPreset | "none" | undefined;
  /** Replaces the default of `access` where the bucket has no statement of ours. */
  readonly accessIfUnset?: "none" | undefined;
  /**
   * `caller`, the default: the role or user that runs the set-up. Otherwise ARNs of roles, users or
   * sessions.
   */
  readonly principals?: "caller" | readonly string[] | undefined;
  /**
   * `role-arn`, the default: the role itself, found live; a re-created role must be set up again.
   * `stable`: the role's name in a condition, which survives that. `session`: one session of one
   * person, as it was asked for; warned of.
   */
  readonly form?: PrincipalForm | undefined;
  /** Refuse plain http. Default true, but not over an endpoint of plain http. */
  readonly tlsOnly?: boolean | undefined;
  /**
   * Refuse everybody else: `account`, whoever is of another account than the bucket's and the principals';
   * `principals`, whoever is not named, as to objects. `none` takes the refusal away. Default: as the bucket
   * has it.
   */
  readonly guard?: "account" | "principals" | "none" | undefined;
  /** Refuse TLS older than this. Default: as the bucket has it. */
  readonly minTls?: "1.2" | "1.3" | undefined;
}

/** What is not said stays as our rules in the bucket have it; else it is the default. */
export interface LifecycleWish {
  /** Ends in `/`. Default `test/`. */
  readonly testPrefix?: string | undefined;
  /** Default 7. */
  readonly testDays?: number | undefined;
  /** Days until a noncurrent version anywhere in the bucket is deleted. Default 30. */
  readonly noncurrentDays?: number | undefined;
  /** Default 7. */
  readonly abortUploadDays?: number | undefined;
}

export type DesiredStateInput = Pick<DesiredState, "bucket" | "region"> & {
  readonly [Name in Exclude<keyof DesiredState, "bucket" | "region">]?:
    | DesiredState[Name]
    | undefined;
};

const allBlocked: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** The guide's bucket. Throws StorageError InvalidArgument for a wish that cannot be meant. */
export function createDesiredState(input: DesiredStateInput): DesiredState {
  const desired: DesiredState = {
    bucket: input.bucket,
    region: input.region,
    endpointUrl: input.endpointUrl,
    ...(input.backend === "qumulo" && { backend: input.backend }),
    ownerAccountId: input.ownerAccountId,
    namespace: input.namespace ?? (input.bucket.endsWith("-an") ? "account-regional" : "global"),
    publicAccessBlock: input.publicAccessBlock ?? allBlocked,
    ownership: input.ownership ?? "BucketOwnerEnforced",
    encryption: input.encryption ?? { algorithm: "AES256", blockCustomerKeys: true },
    versioning: input.versioning ?? "Enabled",
    policy: input.policy ?? {},
    lifecycle: input.lifecycle ?? {},
    envFile: input.envFile ?? envLines(input),
  };
  assertSensible(desired);
  return desired;
}

/** Never keys: SSO, a profile or a role supplies them. */
function envLines(input: DesiredStateInput): Record<string, string> {
  if (input.backend === "qumulo") {
    return {
      STORAGE_BACKEND: "qumulo",
      STORAGE_QUMULO_BUCKET: input.bucket,
      ...(input.endpointUrl !== undefined && { STORAGE_QUMULO_ENDPOINT_URL: input.endpointUrl }),
    };
  }
  return {
    STORAGE_S3_BUCKET: input.bucket,
    STORAGE_S3_REGION: input.region,
    ...(input.endpointUrl !== undefined && { STORAGE_S3_ENDPOINT_URL: input.endpointUrl }),
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
  assertRegion(desired);
  if (typeof desired.policy === "object") {
    const { principals = "caller" } = desired.policy;
    if (principals !== "caller") principals.forEach(assertPrincipal);
  }
  if (typeof desired.lifecycle === "object") assertSensibleLifecycle(desired.lifecycle);
}

/** Only AWS's regions are known; a store of one's own may call its region anything. */
function assertRegion(desired: DesiredState): void {
  const { region } = desired;
  if (!isRegionName(region)) {
    throw invalid(`${JSON.stringify(region)} is no region.`, "Name one, such as us-east-1.");
  }
  if (!isAws(desired) || findPartition(region) !== undefined) return;
  throw invalid(
    `AWS has no region ${JSON.stringify(region)}.`,
    "Correct --region or STORAGE_S3_REGION, such as us-east-1, us-gov-west-1, cn-north-1.",
  );
}

const principalArn =
  /^arn:[^:]+:(iam::\d{12}:(root|role\/.+|user\/.+)|sts::\d{12}:assumed-role\/[^/]+\/[^/]+)$/;

function assertPrincipal(principal: string): void {
  if (/[*?]/.test(principal) && !isRolePattern(principal)) {
    throw invalid(
      `${JSON.stringify(principal)} is a pattern, which may fit roles that nobody meant.`,
      "Name each role, with --principal-form stable where it may be made anew; the roles of a permission set are " +
        "arn:aws:iam::ACCOUNT:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_NAME_????????????????",
    );
  }
  if (principalArn.test(principal)) return;
  throw invalid(
    `${JSON.stringify(principal)} is no ARN of a role, a user or a session.`,
    "`aws sts get-caller-identity` shows yours; arn:aws:iam::ACCOUNT:role/NAME is a role's.",
  );
}

function assertSensibleLifecycle(wish: LifecycleWish): void {
  const { testPrefix } = wish;
  if (testPrefix === "" || testPrefix === "/") {
    throw invalid(
      "The prefix of test files is empty, so the rule would delete every object of the bucket.",
      "Give the prefix of files that may go, such as test/.",
    );
  }
  if (testPrefix?.endsWith("/") === false) {
    throw invalid(
      `The prefix of test files is ${JSON.stringify(testPrefix)}, so the rule would also delete what ` +
        `only begins alike, such as ${testPrefix}0/.`,
      `End it with a slash: ${testPrefix}/.`,
    );
  }
  for (const name of ["testDays", "noncurrentDays", "abortUploadDays"] as const) {
    const days = wish[name];
    if (days === undefined || (Number.isInteger(days) && days >= 1)) continue;
    throw invalid(`${name} is ${days}.`, "Give a whole number of days, 1 or more.");
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
export function usesTls(desired: Pick<DesiredState, "endpointUrl">): boolean {
  return desired.endpointUrl === undefined || !/^http:/i.test(desired.endpointUrl);
}

function hostOf(desired: DesiredState): string | undefined {
  if (desired.endpointUrl === undefined) return undefined;
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(desired.endpointUrl)?.[1] ?? desired.endpointUrl;
}
