import type { BucketAdmin, CallerIdentity } from "../core/bucket-admin.ts";
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
    const { expectedBucketOwner } = options;
    const caller = expectedBucketOwner === undefined ? await callerOf(connection) : undefined;
    const owner = expectedBucketOwner ?? caller?.accountId;
    const bound = owner === undefined ? options : { ...options, expectedBucketOwner: owner };
    const admin = createAwsBucketAdmin(bound, connection);
    if (caller === undefined) return { owner, admin };
    // Who asks stays the same as long as the keys come from one place.
    return { owner, admin: { ...admin, getCallerIdentity: () => Promise.resolve(caller) } };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function callerOf(connection: SdkConnection): Promise<CallerIdentity | undefined> {
  try {
    return await identityCalls(connection).getCallerIdentity();
  } catch (error) {
    if (isStorageError(error, "NotSupported", "PermissionDenied")) return undefined;
    throw error;
  }
}
