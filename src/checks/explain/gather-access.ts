import type { AccountServices } from "../../core/account-services.ts";
import type { BucketAdmin, CallerIdentity } from "../../core/bucket-admin.ts";
import type { PublicAccessBlockConfiguration } from "../../core/bucket-settings.ts";
import { StorageError } from "../../core/errors.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import type { PolicySources } from "../../core/policy-sources.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile-policy.ts";
import { parseStoredPolicy } from "../../policy/parse.ts";
import type { AccessFacts, Unseen } from "./access-facts.ts";
import { askedPrincipal } from "./asked-principal.ts";
import { gatherCaller } from "./gather-caller.ts";
import { organizationReader } from "./gather-organization.ts";
import { levelsIn } from "../../policy/organization-levels.ts";
import { gatherKey } from "./gather-key.ts";
import { see, type Seen } from "./see.ts";

/** What is explained, and what the request would carry. */
export interface AccessWish {
  readonly bucket: string;
  /** Empty: the bucket itself. */
  readonly key: string;
  /** `s3:PutObject` */
  readonly action: string;
  readonly as: string | undefined;
  /** Condition keys in lower case. */
  readonly context: ReadonlyMap<string, string>;
  /** Policies of the session, as texts. */
  readonly sessionPolicy: string | undefined;
}

export interface AccessSources {
  readonly admin: BucketAdmin;
  readonly services: AccountServices;
  readonly policies: PolicySources;
  readonly store: ObjectStore;
  readonly caller: CallerIdentity;
  /** Whose the bucket has to be; undefined: it is not known. */
  readonly owner: string | undefined;
  readonly region: string;
  readonly partition: string;
}

/** Reads what has a say about the request, and changes nothing. What is refused is named as unseen. Throws NotFound. */
export async function gatherAccess(wish: AccessWish, sources: AccessSources): Promise<AccessFacts> {
  const { admin, services, caller } = sources;
  const { bucket } = wish;
  const asked = askedPrincipal(wish.as, caller);
  await assertPresent(admin, bucket);
  const text = await see("the bucket's policy", () => admin.read(bucket, "policy"));
  const block = await see("the bucket's public access block", () =>
    admin.read(bucket, "publicAccessBlock"),
  );
  const accountBlock = await see("the account's public access block", () =>
    services.readAccountPublicAccessBlock(sources.owner ?? caller.accountId),
  );
  const ownership = await see("the bucket's object ownership", () =>
    admin.read(bucket, "ownership"),
  );
  const owner = text.isSeen || block.isSeen ? sources.owner : undefined;
  const read = organizationReader(sources);
  const own = await gatherCaller(asked, wish, sources, read);
  const key = await gatherKey(wish, sources, read);
  const { policy, unseen } = bucketPolicyOf(text, bucket);
  const limits = await read(sources.owner ?? caller.accountId);
  const outside = unseenOutside(wish, limits.isSeen ? "none" : own.organization);
  return {
    principal: own.principal,
    anySession: asked.anySession,
    isPathKnown: own.isPathKnown,
    layers: own.layers,
    tags: own.tags,
    bucketPolicy: policy,
    restrictPublicBuckets: restriction(block, accountBlock),
    owner,
    aclsCount: !ownership.isSeen || ownership.value !== "BucketOwnerEnforced",
    key: key.key,
    resourceControl: limits.isSeen ? levelsIn(limits.value, "resource-control") : undefined,
    unseen: [...unseen, ...own.unseen, ...key.unseen, ...outside],
  };
}

function bucketPolicyOf(
  text: Seen<string | undefined>,
  bucket: string,
): { readonly policy: CompiledPolicy | undefined; readonly unseen: readonly Unseen[] } {
  const what = "the bucket's policy";
  const layer = "resource";
  if (!text.isSeen) return { policy: undefined, unseen: [{ layer, what, reason: text.reason }] };
  if (text.value === undefined) return { policy: undefined, unseen: [] };
  const { policy, unknown } = parseStoredPolicy(text.value, bucket);
  const unread = unknown.filter(({ element }) => element === "Statement");
  return {
    policy: compilePolicy(policy),
    unseen: unread.map(({ statement, value }) => ({
      layer,
      what: `${what}, statement ${statement.index + 1}`,
      reason: value,
    })),
  };
}

/** One of the two is enough. */
function restriction(
  ...blocks: readonly Seen<PublicAccessBlockConfiguration | undefined>[]
): boolean | undefined {
  const values = new Set(
    blocks.map((one) => (one.isSeen ? one.value?.RestrictPublicBuckets === true : undefined)),
  );
  if (values.has(true)) return true;
  return values.has(undefined) ? undefined : false;
}

/** Policies of the organisation and of endpoints stand outside of the account. */
function unseenOutside(
  { context }: AccessWish,
  organization: "none" | "some" | undefined,
): Unseen[] {
  const unseen: Unseen[] = [];
  if (organization !== "none") {
    const reason =
      organization === undefined
        ? "whether the account is in an organisation could not be seen"
        : "only the organisation's administrators may read them";
    unseen.push({ layer: "resource-control", what: "resource control policies", reason });
  }
  if (context.has("aws:sourcevpce")) {
    const reason = "they are read by EC2, which is not asked";
    unseen.push({ layer: "vpc-endpoint", what: "the policy of the VPC endpoint", reason });
  }
  return unseen;
}

/** Of a bucket that is not there nothing can be said. */
async function assertPresent(admin: BucketAdmin, bucket: string): Promise<void> {
  const presence = await admin.headBucket(bucket);
  if (presence.state !== "absent") return;
  throw new StorageError("NotFound", `There is no bucket ${bucket}.`, {
    bucket,
    remedy: "Correct its name, or the endpoint and region: sms-storage ls s3://",
  });
}
