import { isStorageError } from "../../core/errors.ts";
import { attachedPolicyKind } from "../../policy/attached-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parseStoredPolicyOf } from "../../policy/parse.ts";
import { kmsKeyOf } from "../audit/default-encryption.ts";
import type { KeyFacts, Unseen } from "./access-facts.ts";
import type { AccessSources, AccessWish } from "./gather-access.ts";
import type { OrganizationReader } from "./gather-organization.ts";
import { levelsIn } from "../../policy/organization-levels.ts";
import { see } from "./see.ts";

/** The actions of KMS that S3 takes on the caller's behalf. Source: S3 User Guide, "Using SSE-KMS". */
export function keyActionsOf(action: string): readonly string[] {
  const name = action.toLowerCase();
  if (writes.has(name)) return ["kms:GenerateDataKey"];
  return reads.has(name) ? ["kms:Decrypt"] : [];
}

const writes: ReadonlySet<string> = new Set(["s3:putobject", "s3:replicateobject"]);
const reads: ReadonlySet<string> = new Set([
  "s3:getobject",
  "s3:getobjectversion",
  "s3:getobjectattributes",
  "s3:getobjectversionattributes",
]);

const managedKey = "alias/aws/s3";
const encryptionKey = "s3:x-amz-server-side-encryption";

/** The key of KMS behind the request, if there is one. */
export async function gatherKey(
  wish: AccessWish,
  sources: AccessSources,
  read: OrganizationReader,
): Promise<{ readonly key: KeyFacts | undefined; readonly unseen: readonly Unseen[] }> {
  const [action] = keyActionsOf(wish.action);
  if (action === undefined) return { key: undefined, unseen: [] };
  const found = await (action === "kms:Decrypt"
    ? ofObject(wish, sources)
    : ofUpload(wish, sources));
  if ("reason" in found) {
    const unseen = { layer: undefined, what: found.what, reason: found.reason };
    return { key: undefined, unseen: [unseen] };
  }
  if (found.id === undefined) return { key: undefined, unseen: [] };
  return { key: await readKey({ ...found, id: found.id }, { sources, read }), unseen: [] };
}

type FoundKey =
  | { readonly id: string | undefined; readonly bucketKey: boolean }
  | { readonly what: string; readonly reason: string };

/** By the request's own header, else by the bucket's default. */
async function ofUpload(wish: AccessWish, sources: AccessSources): Promise<FoundKey> {
  const asked = wish.context.get(encryptionKey);
  const named = wish.context.get(`${encryptionKey}-aws-kms-key-id`);
  if (asked === "AES256") return { id: undefined, bucketKey: false };
  const encryption = await see("the bucket's default encryption", () =>
    sources.admin.read(wish.bucket, "encryption"),
  );
  const rule = encryption.isSeen ? encryption.value?.Rules[0] : undefined;
  const bucketKey = rule?.BucketKeyEnabled === true;
  if (named !== undefined) return { id: named, bucketKey };
  if (!encryption.isSeen) return encryption;
  const key = kmsKeyOf(encryption.value);
  if (key !== undefined) return { id: key.id ?? managedKey, bucketKey };
  return { id: asked?.startsWith("aws:kms") === true ? managedKey : undefined, bucketKey };
}

/** By what the object itself is under. */
async function ofObject(wish: AccessWish, sources: AccessSources): Promise<FoundKey> {
  if (/[*?]/.test(wish.key) || wish.key === "") return ofUpload(wish, sources);
  const what = "how the object is encrypted";
  const head = await see(what, () => headIfThere(wish.key, sources));
  if (!head.isSeen) return head;
  // One that is not there yet would be under what the bucket's default says.
  if (head.value === undefined) return ofUpload(wish, sources);
  const { encryption = "", kmsKeyId } = head.value;
  if (!encryption.startsWith("aws:kms")) return { id: undefined, bucketKey: false };
  return { id: kmsKeyId ?? managedKey, bucketKey: false };
}

async function headIfThere(key: string, { store }: AccessSources) {
  try {
    return await store.headObject(key);
  } catch (error) {
    if (isStorageError(error, "NotFound")) return undefined;
    throw error;
  }
}

interface KeySources {
  readonly sources: AccessSources;
  readonly read: OrganizationReader;
}

async function readKey(
  { id, bucketKey }: { readonly id: string; readonly bucketKey: boolean },
  from: KeySources,
): Promise<KeyFacts> {
  const { services, policies } = from.sources;
  const described = await see("the key", () => services.describeKey(id));
  const { arn, state, manager } = described.isSeen
    ? described.value
    : { arn: id, state: undefined, manager: undefined };
  const what = "the policy of the key";
  const text = await see(what, () => policies.keyPolicy(arn));
  const policy = text.isSeen
    ? compilePolicy(parseStoredPolicyOf(attachedPolicyKind("key"), text.value).policy)
    : undefined;
  // AWS's own keys are beyond what an organisation limits.
  const limits = manager === "AWS" ? noLimits : await limitsOf(arn, from);
  return {
    arn,
    state,
    policy,
    bucketKey,
    resourceControl: limits.resourceControl,
    unseen: [
      ...(text.isSeen ? [] : [{ layer: "resource" as const, what, reason: text.reason }]),
      ...limits.unseen,
    ],
  };
}

const noLimits = { resourceControl: undefined, unseen: [] };

/** What the organisation of the key's account says. */
async function limitsOf(
  arn: string,
  { sources, read }: KeySources,
): Promise<Pick<KeyFacts, "resourceControl" | "unseen">> {
  const account = /^arn:[^:]+:kms:[^:]*:(\d{12}):/.exec(arn)?.[1];
  if (account === undefined) return noLimits;
  const limits = await read(account);
  if (limits.isSeen) {
    return { resourceControl: levelsIn(limits.value, "resource-control"), unseen: [] };
  }
  // What is not seen of the bucket's own account is told with the bucket.
  if (account === (sources.owner ?? sources.caller.accountId)) return noLimits;
  const what = `resource control policies of account ${account}`;
  const unseen = [{ layer: "resource-control" as const, what, reason: limits.reason }];
  return { resourceControl: undefined, unseen };
}
