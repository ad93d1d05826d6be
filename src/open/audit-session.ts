import type { AuditContext } from "../checks/audit/audit-rule.ts";
import { gatherFacts } from "../checks/audit/gather-facts.ts";
import type { Facts } from "../checks/audit/facts.ts";
import type { BucketAdmin } from "../core/bucket-admin.ts";
import { shellWord } from "../core/shell-word.ts";
import { StorageError } from "../core/errors.ts";
import { partitionOfArn, partitionOfRegion } from "../core/partition.ts";
import type { Settings } from "../settings/settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import { type EnvironmentPlace, readEnvironmentFacts } from "./environment-facts.ts";
import {
  adminConnection,
  openBucketAdmin,
  type OpenBucketAdminOptions,
} from "./open-bucket-admin.ts";
import { openObjectStore, type ObjectStoreOptions } from "./open-object-store.ts";

export interface AuditSessionOptions extends EnvironmentPlace {
  readonly settings: Settings;
  readonly bucket: string;
  /** Told of calls that are tried again, of requests and answers. */
  readonly listener?: Pick<ObjectStoreOptions, "onEvent" | "onExchange"> &
    Omit<OpenBucketAdminOptions, "expectedBucketOwner">;
}

export interface ObservedBucket {
  readonly facts: Facts;
  readonly place: Pick<AuditContext, "bucket" | "region" | "partition" | "endpointUrl" | "dialect">;
  readonly caller: string | undefined;
}

/** Reads all that an audit looks at; changes nothing. Throws ConfigurationError, and what keeps it from asking. */
export async function observeForAudit(options: AuditSessionOptions): Promise<ObservedBucket> {
  const { settings, bucket, listener = {} } = options;
  const { region, endpointUrl, dialect } = storeSettings(settings);
  const { admin, owner } = await openBucketAdmin(settings, listener);
  const { createAwsBucketAdmin } = await import("../aws/bucket-admin.ts");
  const ofAnyOwner = createAwsBucketAdmin(adminConnection(settings, listener));
  const { createAccountServices } = await import("../aws/account-services.ts");
  const { createPolicySources } = await import("../aws/policy-calls.ts");
  const services = createAccountServices(adminConnection(settings, listener), owner);
  const policies = createPolicySources(adminConnection(settings, listener));
  const owned = owner === undefined ? {} : { expectedBucketOwner: owner };
  const store = await openObjectStore(settings, { bucket, ...owned, ...listener });
  try {
    await assertBucket(admin, bucket);
    const facts = await gatherFacts({
      bucket,
      admin,
      headOfAnyOwner: (name) => ofAnyOwner.headBucket(name),
      services,
      policies,
      store,
      environment: () => readEnvironmentFacts(options),
    });
    const caller = facts.caller?.state === "known" ? facts.caller.value.arn : undefined;
    const partition =
      (caller === undefined ? undefined : partitionOfArn(caller)) ?? partitionOfRegion(region).id;
    return {
      facts,
      place: { bucket, region, partition, endpointUrl, dialect },
      caller,
    };
  } finally {
    await store.close();
    services.close();
    policies.close();
    ofAnyOwner.close();
    admin.close();
  }
}

/** Of a bucket that is not there every check would be unknown, which says nothing. */
async function assertBucket(admin: BucketAdmin, bucket: string): Promise<void> {
  const presence = await admin.headBucket(bucket);
  if (presence.state !== "absent") return;
  throw new StorageError("NotFound", `There is no bucket ${bucket}, so nothing was audited.`, {
    operation: "audit",
    bucket,
    remedy:
      "Correct its name, or the endpoint and region (sms-storage ls s3:// lists the buckets that there are), " +
      `or make it: sms-storage setup --bucket ${shellWord(bucket)}`,
  });
}
