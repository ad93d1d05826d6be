import { setTimeout as sleep } from "node:timers/promises";
import type { BucketAdmin } from "../core/bucket-admin.ts";
import { isStorageError } from "../core/errors.ts";
import { AdminCalls, type CallTiming } from "./admin-calls.ts";
import { identityCalls } from "./identity-calls.ts";
import { presenceCalls } from "./presence-calls.ts";
import { settingCalls } from "./setting-calls.ts";
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
    ...settingCalls(context),
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
