import { decideAccess } from "../../policy/decide-access.ts";
import type { ContextLookup, Organization } from "../../policy/request.ts";
import { type AuthenticatedCaller, type Caller, sharesOrganization } from "../caller.ts";
import { noLayers } from "../../policy/access-layers.ts";
import { refusedBy } from "../refusals.ts";
import type { EncryptionContext } from "./key-cipher.ts";
import { type GrantOperation, type GrantRecord, keyArn, type KeyRecord } from "./key-record.ts";
import type { KeyStore } from "./key-store.ts";
import { denied, KmsError } from "./kms-error.ts";

/** What somebody wants of a key. */
export interface KeyUse {
  readonly caller: Caller;
  /** Without `kms:`. */
  readonly action: string;
  readonly context: EncryptionContext;
  /** The service that asks on the caller's behalf, such as `s3.us-east-1.amazonaws.com`. */
  readonly viaService?: string;
  /** Condition keys that are not KMS's own. */
  readonly lookup: ContextLookup;
}

/**
 * Whether the caller may use the key: by its policy, by identity policies where that leaves it to the
 * account, or by a grant. Throws KmsError AccessDeniedException.
 * Source: KMS Developer Guide, "Determining access to AWS KMS keys".
 */
export function judgeKeyUse(keys: KeyStore, key: KeyRecord, use: KeyUse): void {
  const { caller, action } = use;
  const sameAccount = caller.kind !== "anonymous" && caller.accountId === key.accountId;
  const organization = keys.identities.organizationOf(key.accountId);
  const sameOrganization = caller.kind !== "anonymous" && sharesOrganization(caller, organization);
  const decision = decideAccess({
    request: {
      principal: caller,
      action: `kms:${action}`,
      resource: keyArn(key),
      context: contextOf(use, key, organization),
    },
    resourcePolicy: keys.policyOf(key),
    resourcePolicyRequired: true,
    caller: caller.kind === "anonymous" ? noLayers : caller.layers,
    sameAccount,
    sameOrganization,
    // AWS's own keys are beyond what an organisation limits.
    ...(key.manager === "CUSTOMER" && keys.identities.resourceLayers(key.accountId)),
  });
  if (decision.outcome === "allowed") return;
  if (decision.outcome === "implicitDeny" && isGranted(keys, key, use)) return;
  const isTold = sameAccount || sameOrganization;
  const text = denialText(use, keyArn(key), isTold ? decision.message : undefined);
  throw refusedBy(denied(text), decision);
}

/** Throws KmsError unless the key can be used. */
export function assertUsable(key: KeyRecord): void {
  const arn = keyArn(key);
  if (key.state === "Disabled") throw new KmsError("DisabledException", `${arn} is disabled.`);
  if (key.state === "PendingDeletion") {
    throw new KmsError("KMSInvalidStateException", `${arn} is pending deletion.`);
  }
}

/** KMS writes the resource without the quotes of S3, and tells strangers what may be the matter. */
function denialText({ caller, action }: KeyUse, arn: string, own: string | undefined): string {
  if (own !== undefined) return own.replace(`"${arn}"`, arn);
  const who = caller.kind === "anonymous" ? "anonymous" : caller.arn;
  return (
    `User: ${who} is not authorized to perform: kms:${action} on resource: ${arn} because the ` +
    "resource does not exist in this Region, no resource-based policies allow access, or a " +
    "resource-based policy explicitly denies access"
  );
}

const contextKey = "kms:encryptioncontext:";

function contextOf(
  { caller, context, viaService, lookup }: KeyUse,
  { accountId }: KeyRecord,
  organization: Organization | undefined,
): ContextLookup {
  const contextNames = Object.keys(context);
  const own = new Map<string, readonly string[]>([
    ...Object.entries(context).map(
      ([name, value]) => [contextKey + name.toLowerCase(), [value]] as const,
    ),
    ...(contextNames.length > 0 ? [["kms:encryptioncontextkeys", contextNames] as const] : []),
    ...(viaService === undefined ? [] : [["kms:viaservice", [viaService]] as const]),
    ...(caller.kind === "anonymous" ? [] : [["kms:calleraccount", [caller.accountId]] as const]),
    ["aws:resourceaccount", [accountId]],
    ...(organization === undefined
      ? []
      : ([
          ["aws:resourceorgid", [organization.id]],
          ["aws:resourceorgpaths", [organization.path]],
        ] as const)),
    ["kms:keyorigin", ["AWS_KMS"]],
    ["kms:keyspec", ["SYMMETRIC_DEFAULT"]],
    ["kms:keyusage", ["ENCRYPT_DECRYPT"]],
    ["kms:multiregion", ["false"]],
  ]);
  return (key) => own.get(key) ?? (key.startsWith("s3:") ? undefined : lookup(key));
}

/** Grants only allow, and only what is encrypted in the context that they are bound to. */
function isGranted(keys: KeyStore, key: KeyRecord, { caller, action, context }: KeyUse): boolean {
  if (caller.kind === "anonymous") return false;
  return keys
    .grants(key)
    .some(
      (grant) =>
        grant.operations.includes(action as GrantOperation) &&
        isNamed(grant.granteePrincipal, caller) &&
        holds(grant, context),
    );
}

/** Whether a grant's principal, an ARN or the unique id of a user or role, is the caller. */
export function isNamed(principal: string | undefined, caller: AuthenticatedCaller): boolean {
  if (principal === undefined) return false;
  const [uniqueId] = caller.userId.split(":");
  return [caller.arn, caller.principalArn, uniqueId].includes(principal);
}

function holds({ equals, subset }: GrantRecord, context: EncryptionContext): boolean {
  const contains = (part: EncryptionContext): boolean =>
    Object.entries(part).every(([name, value]) => context[name] === value);
  if (equals !== undefined && !(contains(equals) && sameSize(equals, context))) return false;
  return subset === undefined || contains(subset);
}

function sameSize(one: EncryptionContext, other: EncryptionContext): boolean {
  return Object.keys(one).length === Object.keys(other).length;
}
