import type { AccountServices, BucketExtras } from "../../core/account-services.ts";
import type { BucketAdmin, BucketPresence, CallerIdentity } from "../../core/bucket-admin.ts";
import type { SettingDocuments, SettingName } from "../../core/bucket-settings.ts";
import { isStorageError } from "../../core/errors.ts";
import { auditLimits } from "../../core/audit-limits.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import type { PolicySources } from "../../core/policy-sources.ts";
import { takeReading } from "../../core/reading.ts";
import { kmsKeyOf } from "./default-encryption.ts";
import type { EnvironmentFacts } from "./environment-facts.ts";
import type { AuditFacts, Fact, FactName, Facts, SampledObject } from "./facts.ts";

/** Where facts come from. */
export interface FactSources {
  readonly bucket: string;
  /** Says with every call whose the bucket has to be, where accounts are known. */
  readonly admin: BucketAdmin;
  /** HeadBucket that says nothing of an owner. */
  readonly headOfAnyOwner: (bucket: string) => Promise<BucketPresence>;
  readonly services: AccountServices;
  readonly policies: Pick<PolicySources, "organizationPolicies">;
  readonly store: ObjectStore;
  readonly environment: () => Promise<EnvironmentFacts>;
}

/**
 * Reads all that the rules look at, and changes nothing. A read that is refused becomes an unknown
 * fact; what keeps it from asking at all (network, ended credentials) is thrown.
 */
export async function gatherFacts(sources: FactSources): Promise<Facts> {
  const { bucket, admin, services } = sources;
  const caller = await take(() => readCaller(admin));
  const presence = await take(() => admin.headBucket(bucket));
  const isRefused = presence.state === "known" && presence.value.state === "forbidden";
  const presenceForAnyOwner = await take(async () =>
    isRefused ? sources.headOfAnyOwner(bucket) : undefined,
  );
  const environment = await take(sources.environment);
  const accountPublicAccessBlock = await take(async () => {
    if (caller.state === "unknown") throw new UnknownFact("who is asking is not known");
    if (caller.state === "not-supported") throw new AbsentService(noAccounts);
    return services.readAccountPublicAccessBlock(caller.value.accountId);
  });
  const trails = withReason(await take(() => services.listTrails()), noTrails);
  const organization = await take(async () => readOrganization(sources, caller));
  const account = {
    caller,
    presence,
    presenceForAnyOwner,
    environment,
    accountPublicAccessBlock,
    trails,
    organization,
  };
  if (presence.state === "known" && presence.value.state !== "present") {
    return { ...account, ...outOfReach(presence.value.state) };
  }
  const settings = await readSettings(sources);
  return {
    ...account,
    ...settings,
    ...(await readExtras(sources)),
    key: await take(async () => readKey(services, settings.encryption)),
    objects: await take(() => sampleObjects(sources.store)),
  };
}

const noAccounts = "the store has no accounts as AWS has them";
const noTrails =
  "the store has no CloudTrail: what it logs of requests itself is looked at in its own administration";

/** Why a service is not there, in the words of whoever looks at a bucket. */
function withReason<T>(fact: Fact<T>, reason: string): Fact<T> {
  return fact.state === "not-supported" ? { ...fact, reason } : fact;
}

class UnknownFact extends Error {}

class AbsentService extends Error {}

async function take<T>(read: () => Promise<T>): Promise<Fact<T>> {
  try {
    const reading = await takeReading(read);
    if (reading.state === "set") return { state: "known", value: reading.value as T };
    if (reading.state === "not-set") return { state: "known", value: undefined as T };
    const reason = reading.state === "no-bucket" ? "the bucket does not exist" : reading.reason;
    return { state: reading.state === "not-supported" ? "not-supported" : "unknown", reason };
  } catch (error) {
    if (error instanceof UnknownFact) return { state: "unknown", reason: error.message };
    if (error instanceof AbsentService) return { state: "not-supported", reason: error.message };
    throw error;
  }
}

async function readCaller(admin: BucketAdmin): Promise<AuditFacts["caller"]> {
  const identity = await admin.getCallerIdentity();
  return { ...identity, ...(await principalOf(admin, identity)) };
}

/** A session's ARN lacks the path of its role, which conditions compare. */
async function principalOf(
  admin: BucketAdmin,
  { arn }: CallerIdentity,
): Promise<{ readonly principalArn?: string }> {
  const roleName = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (roleName === undefined) return { principalArn: arn };
  const role = await take(() => admin.getRole(roleName));
  if (role.state !== "known" || role.value === undefined) return {};
  return { principalArn: role.value.arn };
}

async function readOrganization({ policies }: FactSources, caller: Fact<AuditFacts["caller"]>) {
  if (caller.state === "unknown") throw new UnknownFact("who is asking is not known");
  if (caller.state === "not-supported") throw new AbsentService(noAccounts);
  try {
    return await policies.organizationPolicies(caller.value.accountId);
  } catch (error) {
    if (!isStorageError(error, "NotFound", "InvalidArgument")) throw error;
    throw new UnknownFact(error.message);
  }
}

const settingNames = [
  "encryption",
  "versioning",
  "lifecycle",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "ownership",
  "cors",
] as const satisfies readonly SettingName[];

type ReadSettings = {
  readonly [Name in (typeof settingNames)[number]]: Fact<SettingDocuments[Name] | undefined>;
};

async function readSettings({ admin, bucket }: FactSources): Promise<ReadSettings> {
  const found: Partial<Record<SettingName, Fact<unknown>>> = {};
  for (const name of settingNames) found[name] = await take(() => admin.read(bucket, name));
  return found as ReadSettings;
}

async function readExtras({ services, bucket }: FactSources) {
  const extra = <Name extends keyof BucketExtras>(name: Name) =>
    take(() => services.readExtra(bucket, name));
  const isSet = async (name: "website" | "replication" | "notification" | "objectLock") =>
    take(async () => (await services.readExtra(bucket, name)) !== undefined);
  return {
    acl: await take(async () => {
      const acl = await services.readExtra(bucket, "acl");
      if (acl === undefined) throw new UnknownFact("the store gave no access control list");
      return acl;
    }),
    logging: await extra("logging"),
    website: await isSet("website"),
    requesterPays: await take(
      async () => (await services.readExtra(bucket, "requestPayment")) === "Requester",
    ),
    replication: await isSet("replication"),
    notifications: await isSet("notification"),
    objectLock: await isSet("objectLock"),
  };
}

async function readKey(services: AccountServices, encryption: ReadSettings["encryption"]) {
  if (encryption.state !== "known") throw new UnknownFact(encryption.reason);
  const named = kmsKeyOf(encryption.value);
  if (named === undefined) return undefined;
  try {
    return await services.describeKey(named.id ?? "alias/aws/s3");
  } catch (error) {
    if (!isStorageError(error, "NotFound")) throw error;
    throw new UnknownFact(`there is no key ${named.id ?? "alias/aws/s3"} for the caller's account`);
  }
}

/** HEAD alone tells how an object is encrypted, so only some are asked for. */
async function sampleObjects(store: ObjectStore): Promise<readonly SampledObject[]> {
  const { sampledObjects, headsAtATime } = auditLimits;
  const { objects } = await store.listObjects({ maxKeys: sampledObjects });
  const sampled: SampledObject[] = [];
  for (let start = 0; start < objects.length; start += headsAtATime) {
    const keys = objects.slice(start, start + headsAtATime).map(({ key }) => key);
    const heads = await Promise.all(keys.map((key) => headOf(store, key)));
    sampled.push(...heads.flatMap((head) => (head === undefined ? [] : [head])));
  }
  return sampled;
}

/** Undefined: it was deleted meanwhile. */
async function headOf(store: ObjectStore, key: string): Promise<SampledObject | undefined> {
  try {
    return { key, encryption: (await store.headObject(key)).encryption };
  } catch (error) {
    if (isStorageError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** What is asked of the bucket itself, when it cannot be. */
function outOfReach(state: "absent" | "forbidden" | "elsewhere"): Facts {
  const reasons = {
    absent: "the bucket does not exist",
    forbidden: "the bucket is another's, or the caller may not see it",
    elsewhere: "the bucket is in another region",
  };
  const unseen = { state: "unknown", reason: reasons[state] } as const;
  const names: readonly FactName[] = [
    ...settingNames,
    "acl",
    "logging",
    "website",
    "requesterPays",
    "replication",
    "notifications",
    "objectLock",
    "key",
    "objects",
  ];
  return Object.fromEntries(names.map((name) => [name, unseen]));
}
