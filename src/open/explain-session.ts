import type { AccessFacts } from "../checks/explain/access-facts.ts";
import type { ExplainPlace } from "../checks/explain/explain-access.ts";
import { type AccessWish, gatherAccess } from "../checks/explain/gather-access.ts";
import { StorageError } from "../core/errors.ts";
import { partitionOfArn, partitionOfRegion } from "../core/partition.ts";
import type { Settings } from "../settings/settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import {
  adminConnection,
  openBucketAdmin,
  type OpenBucketAdminOptions,
} from "./open-bucket-admin.ts";
import { openObjectStore, type ObjectStoreOptions } from "./open-object-store.ts";

export interface ExplainSessionOptions {
  readonly settings: Settings;
  readonly wish: AccessWish;
  /** Account of twelve digits that owns the bucket; default the caller's own. */
  readonly owner: string | undefined;
  readonly listener?: Pick<ObjectStoreOptions, "onEvent" | "onExchange"> & OpenBucketAdminOptions;
}

/** Its policies name principals of its own, and nothing of AWS stands beside them. */
function noSuchPolicies(bucket: string): StorageError {
  const message = "Policies of Qumulo are of its own kind, so that none can be judged here.";
  return new StorageError("NotSupported", message, {
    operation: "explain",
    bucket,
    remedy: `Try what may be done: sms-storage doctor s3://${bucket}`,
  });
}

/** Reads all that has a say about a request; changes nothing. Throws ConfigurationError, NotSupported, and what keeps it from asking. */
export async function observeAccess(
  options: ExplainSessionOptions,
): Promise<{ readonly facts: AccessFacts; readonly place: ExplainPlace }> {
  const { settings, wish, listener = {} } = options;
  const { region, dialect } = storeSettings(settings);
  if (dialect === "qumulo") throw noSuchPolicies(wish.bucket);
  const expected = options.owner === undefined ? {} : { expectedBucketOwner: options.owner };
  const { admin, owner } = await openBucketAdmin(settings, { ...listener, ...expected });
  const connection = adminConnection(settings, listener);
  const { createAccountServices } = await import("../aws/account-services.ts");
  const { createPolicySources } = await import("../aws/policy-calls.ts");
  const services = createAccountServices(connection, owner);
  const policies = createPolicySources(connection);
  const owned = owner === undefined ? {} : { expectedBucketOwner: owner };
  const store = await openObjectStore(settings, { ...listener, bucket: wish.bucket, ...owned });
  try {
    const caller = await admin.getCallerIdentity();
    const partition = partitionOfArn(caller.arn) ?? partitionOfRegion(region).id;
    const sources = { admin, services, policies, store, caller, owner, region, partition };
    const facts = await gatherAccess(wish, sources);
    const { dnsSuffix } = partitionOfRegion(region);
    return { facts, place: { region, partition, dnsSuffix, now: new Date() } };
  } finally {
    await store.close();
    services.close();
    policies.close();
    admin.close();
  }
}
