import type { BucketAdmin } from "../core/bucket-admin.ts";
import { isStorageError } from "../core/errors.ts";
import { createAwsBucketAdmin, type AwsBucketAdminOptions } from "./bucket-admin.ts";
import { identityCalls } from "./identity-calls.ts";
import { SdkConnection } from "./sdk-connection.ts";

/** A control plane and the account that all of its buckets must belong to. */
export interface OwnBucketAdmin {
  readonly admin: BucketAdmin;
  /** Twelve digits. Undefined where the store has no STS or does not let us ask it. */
  readonly owner: string | undefined;
}

/**
 * The control plane for buckets of the expected owner, else of the caller's account, which is asked for before
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
