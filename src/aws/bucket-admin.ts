import { setTimeout as sleep } from "node:timers/promises";
import type { BucketAdmin } from "../core/bucket-admin.ts";
import type { SettingDocuments, SettingName, WritableSetting } from "../core/bucket-settings.ts";
import { isStorageError } from "../core/errors.ts";
import { AdminCalls, type CallTiming } from "./admin-calls.ts";
import { documentCalls } from "./document-calls.ts";
import { exposureCalls } from "./exposure-calls.ts";
import { identityCalls } from "./identity-calls.ts";
import { policyCalls } from "./policy-calls.ts";
import { presenceCalls } from "./presence-calls.ts";
import type { SettingMethods } from "./setting-methods.ts";
import { SdkConnection, type ConnectionOptions } from "./sdk-connection.ts";

export interface AwsBucketAdminOptions extends ConnectionOptions {
  /** Account of twelve digits that every bucket must belong to; another's answers 403. */
  readonly expectedBucketOwner?: string;
  /** For tests. */
  readonly timing?: CallTiming;
}

/**
 * The control plane over AWS's SDK, on AWS or on any store that speaks S3. The SDK loads at the first
 * call. Calls on one bucket run one after the other; a 409 OperationAborted is waited out.
 */
export function createAwsBucketAdmin(
  options: AwsBucketAdminOptions,
  connection: SdkConnection = new SdkConnection(options),
): BucketAdmin {
  const timing = options.timing ?? { sleep: (ms) => sleep(ms), random: Math.random };
  const context = {
    calls: new AdminCalls(connection, timing),
    expectedBucketOwner: options.expectedBucketOwner,
  };
  return {
    ...identityCalls(connection),
    ...presenceCalls(context, options.region),
    ...byName({ ...documentCalls(context), ...policyCalls(context), ...exposureCalls(context) }),
    close: () => connection.close(),
  };
}

/** A control plane and the account that all of its buckets must belong to. */
export interface OwnBucketAdmin {
  readonly admin: BucketAdmin;
  /** Twelve digits. Undefined where the store has no STS or does not let us ask it. */
  readonly owner: string | undefined;
}

/**
 * The same for buckets of the expected owner, else of the caller's account, which is asked for before
 * anything: a squatted or mistyped name must not get our data.
 */
export async function createOwnBucketAdmin(
  options: AwsBucketAdminOptions,
): Promise<OwnBucketAdmin> {
  const connection = new SdkConnection(options);
  try {
    const owner = options.expectedBucketOwner ?? (await callerAccount(connection));
    const bound = owner === undefined ? options : { ...options, expectedBucketOwner: owner };
    return { owner, admin: createAwsBucketAdmin(bound, connection) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function callerAccount(connection: SdkConnection): Promise<string | undefined> {
  try {
    return (await identityCalls(connection).getCallerIdentity()).accountId;
  } catch (error) {
    if (isStorageError(error, "NotSupported", "PermissionDenied")) return undefined;
    throw error;
  }
}

type Readers = {
  readonly [Name in SettingName]: (bucket: string) => Promise<SettingDocuments[Name] | undefined>;
};
type Writers = {
  readonly [Name in WritableSetting]: (
    bucket: string,
    document: SettingDocuments[Name],
  ) => Promise<void>;
};

function byName(methods: SettingMethods): Pick<BucketAdmin, "read" | "put" | "remove"> {
  const readers: Readers = {
    encryption: methods.getBucketEncryption,
    lifecycle: methods.getBucketLifecycle,
    ownership: methods.getBucketOwnership,
    policy: methods.getBucketPolicy,
    policyStatus: methods.getBucketPolicyStatus,
    publicAccessBlock: methods.getPublicAccessBlock,
    tags: methods.getBucketTagging,
    versioning: methods.getBucketVersioning,
  };
  const writers: Writers = {
    encryption: methods.putBucketEncryption,
    lifecycle: methods.putBucketLifecycle,
    ownership: methods.putBucketOwnership,
    policy: methods.putBucketPolicy,
    publicAccessBlock: methods.putPublicAccessBlock,
    tags: methods.putBucketTagging,
    versioning: methods.putBucketVersioning,
  };
  const removers = {
    lifecycle: methods.deleteBucketLifecycle,
    policy: methods.deleteBucketPolicy,
  };
  return {
    read: (bucket, name) => readers[name](bucket),
    put: (bucket, name, document) => writers[name](bucket, document),
    remove: (bucket, name) => removers[name](bucket),
  };
}
