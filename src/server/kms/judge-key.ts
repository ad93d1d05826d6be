import type { AccessQuestion } from "../../policy/combine-layers.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile-policy.ts";
import { decideAccess } from "../../policy/decide-access.ts";
import { type ContextLookup, type Organization, valuesOfTag } from "../../policy/request.ts";
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
  /** KMS's own of this action alone, in lower case. */
  readonly conditionKeys?: ContextLookup;
  /** Whether a grant reaches as far as this. Default: those that hold in the context. */
  readonly isCovered?: (grant: GrantRecord) => boolean;
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
  const question: AccessQuestion = {
    request: {
      principal: caller,
      action: `kms:${action}`,
      resource: keyArn(key),
      context: contextOf(use, keys, key, organization),
    },
    resourcePolicy: keys.policyOf(key),
    resourcePolicyRequired: true,
    caller: caller.kind === "anonymous" ? noLayers : caller.layers,
    sameAccount,
    sameOrganization,
    // AWS's own keys are beyond what an organisation limits.
    ...(key.manager === "CUSTOMER" && keys.identities.resourceLayers(key.accountId)),
  };
  const decision = decideAccess(question);
  if (decision.outcome === "allowed") return;
  if (decision.outcome === "implicitDeny" && isGranted(keys, key, use, question)) return;
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
export function denialText(
  { caller, action }: Pick<KeyUse, "caller" | "action">,
  arn: string,
  own: string | undefined,
): string {
  if (own !== undefined) return own.replace(`"${arn}"`, arn);
  const who = caller.kind === "anonymous" ? "anonymous" : caller.arn;
  return (
    `User: ${who} is not authorized to perform: kms:${action} on resource: ${arn} because the ` +
    "resource does not exist in this Region, no resource-based policies allow access, or a " +
    "resource-based policy explicitly denies access"
  );
}

const contextKey = "kms:encryptioncontext:";
const resourceTag = "aws:resourcetag/";
/** What all keys here are, and what no call to this server is. */
export const keyFacts: readonly (readonly [string, readonly string[]])[] = [
  ["kms:keyorigin", ["AWS_KMS"]],
  ["kms:keyspec", ["SYMMETRIC_DEFAULT"]],
  ["kms:keyusage", ["ENCRYPT_DECRYPT"]],
  ["kms:multiregion", ["false"]],
  ["kms:grantisforawsresource", ["false"]],
];

function contextOf(
  use: KeyUse,
  keys: KeyStore,
  record: KeyRecord,
  organization: Organization | undefined,
): ContextLookup {
  const { caller, context, viaService, lookup } = use;
  const contextNames = Object.keys(context);
  const own = new Map<string, readonly string[]>([
    ...Object.entries(context).map(
      ([name, value]) => [contextKey + name.toLowerCase(), [value]] as const,
    ),
    ...(contextNames.length > 0 ? [["kms:encryptioncontextkeys", contextNames] as const] : []),
    ...(viaService === undefined ? [] : [["kms:viaservice", [viaService]] as const]),
    ...(caller.kind === "anonymous" ? [] : [["kms:calleraccount", [caller.accountId]] as const]),
    ["aws:resourceaccount", [record.accountId]],
    ...(organization === undefined
      ? []
      : ([
          ["aws:resourceorgid", [organization.id]],
          ["aws:resourceorgpaths", [organization.path]],
        ] as const)),
    ...keyFacts,
  ]);
  return (key) => {
    const value = own.get(key) ?? use.conditionKeys?.(key);
    if (value !== undefined || key.startsWith("s3:")) return value;
    if (key.startsWith(resourceTag)) {
      return valuesOfTag(record.tags ?? [], key.slice(resourceTag.length));
    }
    return key === "kms:resourcealiases" ? aliasesOf(keys, record) : lookup(key);
  };
}

function aliasesOf(keys: KeyStore, key: KeyRecord): readonly string[] | undefined {
  const names = keys
    .aliases(key)
    .flatMap(({ name, alias }) => (alias.keyId === key.id ? name : []));
  return names.length === 0 ? undefined : names;
}

/**
 * Whether a grant allows it. Grants stand beside the key policy: they only allow, and what limits the
 * caller from its own side or from outside limits it here too.
 */
function isGranted(keys: KeyStore, key: KeyRecord, use: KeyUse, question: AccessQuestion): boolean {
  const { caller, action, context, isCovered = (grant) => holds(grant, context) } = use;
  if (caller.kind === "anonymous") return false;
  const fitting = keys
    .grants(key)
    .filter(
      (grant) =>
        grant.operations.includes(action as GrantOperation) &&
        isNamed(grant.granteePrincipal, caller) &&
        isCovered(grant),
    );
  if (fitting.length === 0) return false;
  const resourcePolicy = policyFor(fitting);
  // A grant needs no permission beside it, whichever account its principal is of.
  return decideAccess({ ...question, resourcePolicy, sameAccount: true }).outcome === "allowed";
}

/** What it comes to that these are granted the key. */
function policyFor(grants: readonly GrantRecord[]): CompiledPolicy {
  const anything = { negated: false, patterns: ["*"] };
  const entries = grants.map(({ granteePrincipal }) => ({
    type: "AWS" as const,
    value: granteePrincipal,
  }));
  const principals = { negated: false, entries };
  return compilePolicy({
    version: "2012-10-17",
    statements: [
      { effect: "Allow", principals, actions: anything, resources: anything, conditions: [] },
    ],
  });
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
