import { isUniqueId } from "./parse-principals.ts";
import type { Statement } from "./policy.ts";
import type { KnownPrincipal, Principal } from "./request.ts";
import { splitArn } from "./wildcard.ts";

/**
 * How a statement names the caller. `account` names the caller's whole account: in a Deny that hits
 * everybody of it, in an Allow it only lets the account's own policies decide.
 */
export type PrincipalMatch = "everyone" | "session" | "role" | "user" | "root" | "account";

/** What an Allow gives: to the caller itself, to the role it plays, or to its account to hand on. */
export type Reach = "caller" | "role" | "account";

/** Source: IAM User Guide, "AWS JSON policy elements: Principal", on limits by implicit denies. */
export function reachOf(match: PrincipalMatch): Reach {
  return match === "role" || match === "account" ? match : "caller";
}

export interface CompiledPrincipals {
  /** Whoever it speaks of has one of these among its `names`. Undefined: it may speak of anybody. */
  readonly names: readonly string[] | undefined;
  /** Undefined: the statement does not speak of this caller. */
  match(caller: PreparedPrincipal): PrincipalMatch | undefined;
}

/** A caller with what policies compare, found once for all statements. */
export interface PreparedPrincipal {
  readonly principal: Principal;
  /** As `roleKey` makes it; undefined unless the caller is a session of a role. */
  readonly role: string | undefined;
  /** `AIDA...`, or `AROA...` of `AROA...:session`. */
  readonly uniqueId: string | undefined;
  /** Everything by which a statement can name it, but for `*`. */
  readonly names: readonly string[];
}

/** Callers are kept from request to request. */
const prepared = new WeakMap<Principal, PreparedPrincipal>();

export function preparePrincipal(principal: Principal): PreparedPrincipal {
  const known = prepared.get(principal);
  if (known !== undefined) return known;
  const made = prepare(principal);
  prepared.set(principal, made);
  return made;
}

function prepare(principal: Principal): PreparedPrincipal {
  if (principal.kind === "anonymous") {
    const names = [principal.service, principal.federation].filter((name) => name !== undefined);
    return { principal, role: undefined, uniqueId: undefined, names };
  }
  const { kind, arn, accountId, canonicalUserId } = principal;
  const [id = ""] = principal.userId.split(":");
  const role = kind === "assumed-role" ? roleKey(principal.principalArn) : undefined;
  const uniqueId = isUniqueId(id) ? id : undefined;
  const names = [arn, role, uniqueId, accountId, canonicalUserId].filter(
    (name) => name !== undefined,
  );
  return { principal, role, uniqueId, names };
}

export function compilePrincipals({ effect, principals }: Statement): CompiledPrincipals {
  const named = indexOf(principals.entries);
  const excepts = effect === "Allow" ? exceptsAny : exceptsWholly;
  const { everyone, accounts, others, roles, services, federations } = named;
  const isOpen = principals.negated || everyone;
  return {
    names: isOpen ? undefined : [...accounts, ...others, ...roles, ...services, ...federations],
    match: principals.negated
      ? (caller) => (excepts(named, caller) ? undefined : "everyone")
      : (caller) => findName(named, caller),
  };
}

interface NamedPrincipals {
  readonly everyone: boolean;
  /**
   * `123456789012`, `arn:aws:iam::123456789012:root` and the account's canonical user id are the same
   * principal.
   */
  readonly accounts: ReadonlySet<string>;
  /** ARNs of users and sessions, and unique ids. */
  readonly others: ReadonlySet<string>;
  /** As `roleKey` makes them. */
  readonly roles: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly federations: ReadonlySet<string>;
}

function indexOf(entries: Statement["principals"]["entries"]): NamedPrincipals {
  const accounts = new Set<string>();
  const others = new Set<string>();
  const roles = new Set<string>();
  const services = new Set<string>();
  const federations = new Set<string>();
  for (const { type, value } of entries) {
    if (type === "CanonicalUser") accounts.add(value);
    if (type === "Service") services.add(value);
    if (type === "Federated") federations.add(value);
    if (type !== "AWS") continue;
    const account = accountOf(value);
    const role = roleKey(value);
    if (account !== undefined) accounts.add(account);
    else if (role === undefined) others.add(value);
    else roles.add(role);
  }
  return { everyone: others.has("*"), accounts, others, roles, services, federations };
}

function accountOf(value: string): string | undefined {
  return (/^(\d{12})$/.exec(value) ?? /^arn:[^:]+:iam::(\d{12}):root$/.exec(value))?.[1];
}

/** A role's name is unique in its account whatever its path, and a session's ARN has no path. */
function roleKey(arn: string): string | undefined {
  const [, partition, service, , account, resource = ""] = splitArn(arn);
  if (service !== "iam" || !resource.startsWith("role/")) return undefined;
  return `${partition}:${account}:${resource.slice(resource.lastIndexOf("/") + 1)}`;
}

/** Looks for the caller's own name before the account's: naming the caller directly gives more. */
function findName(named: NamedPrincipals, caller: PreparedPrincipal): PrincipalMatch | undefined {
  const { principal } = caller;
  if (named.everyone) return "everyone";
  if (principal.kind === "anonymous") return namesOutsider(named, principal) ? "user" : undefined;
  const isSession = principal.kind === "assumed-role";
  if (named.others.has(principal.arn)) return isSession ? "session" : "user";
  if (isSession && namesRole(named, caller)) return "role";
  if (!isSession && namesId(named, caller)) return "user";
  if (!namesAccount(named, principal)) return undefined;
  return principal.kind === "root" ? "root" : "account";
}

function namesAccount({ accounts }: NamedPrincipals, principal: KnownPrincipal): boolean {
  const { accountId, canonicalUserId } = principal;
  if (accounts.has(accountId)) return true;
  return canonicalUserId !== undefined && accounts.has(canonicalUserId);
}

function namesOutsider(
  { services, federations }: NamedPrincipals,
  { service, federation }: Exclude<Principal, KnownPrincipal>,
): boolean {
  if (federation !== undefined) return federations.has(federation);
  return service !== undefined && services.has(service);
}

function namesId({ others }: NamedPrincipals, { uniqueId }: PreparedPrincipal): boolean {
  return uniqueId !== undefined && others.has(uniqueId);
}

function namesRole(named: NamedPrincipals, caller: PreparedPrincipal): boolean {
  return (caller.role !== undefined && named.roles.has(caller.role)) || namesId(named, caller);
}

/** NotPrincipal in an Allow. */
function exceptsAny(named: NamedPrincipals, caller: PreparedPrincipal): boolean {
  return findName(named, caller) !== undefined;
}

/**
 * NotPrincipal in a Deny: AWS excepts a caller only when every layer is listed: the account, the user
 * or role, and for a role the session as well. Source: IAM User Guide, "NotPrincipal".
 */
function exceptsWholly(named: NamedPrincipals, caller: PreparedPrincipal): boolean {
  const { principal } = caller;
  if (named.everyone) return true;
  if (principal.kind === "anonymous") return namesOutsider(named, principal);
  if (!namesAccount(named, principal)) return false;
  if (principal.kind === "root") return true;
  const byArn = named.others.has(principal.arn);
  if (principal.kind === "user") return byArn || namesId(named, caller);
  return byArn && namesRole(named, caller);
}
