import type { BucketAdmin } from "../core/bucket-admin.ts";
import type {
  LifecycleConfiguration,
  LifecycleRule,
  SettingName,
} from "../core/bucket-settings.ts";
import type { ObjectAcls } from "../core/object-acls.ts";
import { partitionOfArn, partitionOfRegion } from "../core/partition.ts";
import { type Reading, takeReading } from "../core/reading.ts";
import type { Settings } from "../settings/settings.ts";
import { storeSettings } from "../settings/store-settings.ts";
import type { BucketFacts } from "../transfer/reencrypt/reencryption-plan.ts";
import {
  adminConnection,
  openBucketAdmin,
  type OpenBucketAdminOptions,
} from "./open-bucket-admin.ts";

export interface ObservedForReencryption {
  readonly facts: BucketFacts;
  /** That the bucket has to belong to. Undefined: the store knows no accounts. */
  readonly accountId: string | undefined;
  readonly partition: string;
  readonly region: string;
  /** Undefined: AWS itself, which alone has S3 Batch Operations. */
  readonly endpointUrl: string | undefined;
}

/** Reads the settings of the bucket that copies in place have to do with; changes nothing. */
export async function observeForReencryption(
  settings: Settings,
  bucket: string,
  options: OpenBucketAdminOptions = {},
): Promise<ObservedForReencryption> {
  const { region, endpointUrl } = storeSettings(settings);
  const { admin, owner } = await openBucketAdmin(settings, options);
  try {
    const facts = await readFacts(admin, bucket);
    const arn = await admin.getCallerIdentity().then(
      (caller) => caller.arn,
      () => "",
    );
    const partition = partitionOfArn(arn) ?? partitionOfRegion(region).id;
    return { facts, accountId: owner, partition, region, endpointUrl };
  } finally {
    admin.close();
  }
}

/** For a bucket where ACLs of objects count. */
export async function openObjectAcls(
  settings: Settings,
  bucket: string,
  expectedBucketOwner: string | undefined,
): Promise<ObjectAcls> {
  const { createObjectAcls } = await import("../aws/object-acls.ts");
  return createObjectAcls(adminConnection(settings), bucket, expectedBucketOwner);
}

async function readFacts(admin: BucketAdmin, bucket: string): Promise<BucketFacts> {
  const read = (name: SettingName): Promise<Reading> => takeReading(() => admin.read(bucket, name));
  const [encryption, versioning, ownership, lifecycle] = await Promise.all([
    read("encryption"),
    read("versioning"),
    read("ownership"),
    read("lifecycle"),
  ]);
  return {
    defaultEncryption: algorithmOf(encryption),
    versioning: versioningOf(versioning),
    aclsCount: aclsCount(ownership),
    noncurrentDays: noncurrentDays(lifecycle),
  };
}

function algorithmOf(reading: Reading): string {
  if (reading.state === "not-set") return "AES256";
  if (reading.state !== "set") return "unknown";
  const { Rules } = reading.value as { Rules: readonly EncryptionRule[] };
  return Rules[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? "AES256";
}

interface EncryptionRule {
  readonly ApplyServerSideEncryptionByDefault?: { readonly SSEAlgorithm: string };
}

function versioningOf(reading: Reading): BucketFacts["versioning"] {
  if (reading.state === "not-set" || reading.state === "not-supported") return "never";
  return reading.state === "set" ? (reading.value as "Enabled" | "Suspended") : "unknown";
}

/** Buckets from before 2021-11 have no controls, and objects that belong to who wrote them. */
function aclsCount(reading: Reading): BucketFacts["aclsCount"] {
  if (reading.state === "not-set") return true;
  if (reading.state === "not-supported") return false;
  return reading.state === "set" ? reading.value !== "BucketOwnerEnforced" : "unknown";
}

/** The soonest rule that deletes old versions of the whole bucket, whatever their number. */
function noncurrentDays(reading: Reading): BucketFacts["noncurrentDays"] {
  if (reading.state !== "set") return reading.state === "unreadable" ? "unknown" : "never";
  const { Rules } = reading.value as LifecycleConfiguration;
  const days = Rules.filter(isOfAll).flatMap(({ NoncurrentVersionExpiration: end = {} }) =>
    end.NoncurrentDays === undefined || end.NewerNoncurrentVersions !== undefined
      ? []
      : [end.NoncurrentDays],
  );
  return days.length === 0 ? "never" : Math.min(...days);
}

function isOfAll({ Status, Filter = {}, Prefix }: LifecycleRule): boolean {
  const { Prefix: prefix = Prefix ?? "", ...narrower } = Filter;
  return Status === "Enabled" && prefix === "" && Object.keys(narrower).length === 0;
}
