import type { Tag } from "../core/bucket-settings.ts";

/** Who asks. The server's Caller has this shape. */
export type Principal = AnonymousPrincipal | KnownPrincipal;

/** Nobody whom IAM knows. */
interface AnonymousPrincipal {
  readonly kind: "anonymous";
  /** A service of AWS that acts by itself, such as `cloudtrail.amazonaws.com`. Undefined: anybody. */
  readonly service?: string;
  /** The ARN of the provider that says who it is, to STS. Undefined: none does. */
  readonly federation?: string;
}

export interface KnownPrincipal {
  readonly kind: "root" | "user" | "assumed-role" | "federated-user";
  /** Twelve digits. */
  readonly accountId: string;
  /** `arn:aws:iam::...:user/name`, or for a role session `arn:aws:sts::...:assumed-role/role/session`. */
  readonly arn: string;
  /** For a role session the role's ARN with its path, else `arn`; the value of `aws:PrincipalArn`. */
  readonly principalArn: string;
  /** `AIDA...`, `AROA...:session`, or the account id for the root user; empty when it is not known. */
  readonly userId: string;
  /** The account's canonical user id, 64 hex digits. Undefined when it is not known. */
  readonly canonicalUserId?: string;
  /** Of the user, or of the role and its session. Default: none. */
  readonly tags?: readonly Tag[];
  /** When a session's keys were handed out; undefined for keys that do not end. */
  readonly issuedAt?: Date;
  /**
   * What its session says of condition keys, in lower case; undefined: it does not carry that key,
   * though others do. Default: nothing.
   */
  readonly conditionKeys?: ReadonlyMap<string, readonly string[] | undefined>;
  /** Of its account; undefined: in none. */
  readonly organization?: Organization;
}

/** An organisation of accounts, and where in it one stands. */
export interface Organization {
  /** `o-a1b2c3d4e5` */
  readonly id: string;
  /** `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/` */
  readonly path: string;
}

/** What a policy is asked about. */
export interface PolicyRequest {
  readonly principal: Principal;
  /** `s3:GetObject`. */
  readonly action: string;
  /** `arn:aws:s3:::bucket` or `arn:aws:s3:::bucket/key`, the key unencoded. */
  readonly resource: string;
  /** Condition keys; those that follow from the principal are known where this does not know them. */
  readonly context?: ContextLookup | undefined;
}

/**
 * The values of a condition key, given in lower case; undefined when the request does not carry it.
 * A tag's key, such as `aws:principaltag/team`, has more than one only when the names of several tags
 * differ in nothing but case; see `valuesOfTag`.
 */
export type ContextLookup = (key: string) => readonly string[] | undefined;

/** A context of keys in any case. */
export function contextOf(entries: Iterable<readonly [string, string]>): ContextLookup {
  const values = new Map(
    Array.from(entries, ([key, value]) => [key.toLowerCase(), [value]] as const),
  );
  return (key) => values.get(key);
}

/**
 * The values of all tags that a condition on `name`, in lower case, speaks of: the names of tags are
 * case-sensitive, those of condition keys are not.
 */
export function valuesOfTag(tags: readonly Tag[], name: string): readonly string[] | undefined {
  const fitting = tags.filter(({ Key }) => Key.toLowerCase() === name);
  return fitting.length === 0 ? undefined : fitting.map(({ Value }) => Value);
}

const principalTypes = {
  root: "Account",
  user: "User",
  "assumed-role": "AssumedRole",
  "federated-user": "FederatedUser",
} as const;
const principalTag = "aws:principaltag/";

/**
 * What the principal itself says of a condition key. Sources: IAM User Guide, "Variables and tags",
 * table "Principal key values", and "Global condition context keys".
 */
export function principalValue(principal: Principal, key: string): readonly string[] | undefined {
  if (principal.kind === "anonymous") {
    return principal.service === undefined
      ? anonymousKeys.get(key)
      : serviceValue(principal.service, key);
  }
  if (key.startsWith(principalTag)) {
    return valuesOfTag(principal.tags ?? [], key.slice(principalTag.length));
  }
  if (principal.conditionKeys?.has(key) === true) return principal.conditionKeys.get(key);
  const value = knownKeys.get(key)?.(principal);
  return value === undefined ? undefined : [value];
}

const anonymousKeys: ReadonlyMap<string, readonly string[]> = new Map([
  ["aws:principaltype", ["Anonymous"]],
  ["aws:userid", ["anonymous"]],
]);

function serviceValue(service: string, key: string): readonly string[] | undefined {
  if (key === "aws:principalisawsservice") return ["true"];
  return key === "aws:principalservicename" ? [service] : undefined;
}

type ReadKey = (principal: KnownPrincipal) => string | undefined;

const knownKeys: ReadonlyMap<string, ReadKey> = new Map<string, ReadKey>([
  ["aws:principalarn", ({ principalArn }) => principalArn],
  ["aws:principalaccount", ({ accountId }) => accountId],
  ["aws:principalorgid", ({ organization }) => organization?.id],
  ["aws:principalorgpaths", ({ organization }) => organization?.path],
  ["aws:principaltype", ({ kind }) => principalTypes[kind]],
  ["aws:userid", ({ userId }) => (userId === "" ? undefined : userId)],
  ["aws:username", ({ kind, arn }) => (kind === "user" ? nameOf(arn) : undefined)],
  ["aws:tokenissuetime", ({ issuedAt }) => issuedAt?.toISOString()],
  // Keys that do not end have no such key at all.
  ["aws:multifactorauthpresent", ({ issuedAt }) => (issuedAt === undefined ? undefined : "false")],
]);

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
