import { isUniqueId } from "./parse-principals.ts";
import type { PrincipalEntry, Statement } from "./policy.ts";
import type { KnownPrincipal, Principal } from "./request.ts";
import { splitArn } from "./wildcard.ts";

/**
 * How a statement names the caller. `account` names the caller's whole account: in a Deny that hits
 * everybody of it, in an Allow it only lets the account's own policies decide.
 */
export type PrincipalMatch = "everyone" | "session" | "role" | "user" | "root" | "account";

/** Undefined: the statement does not speak of this caller. */
export function matchPrincipals(
  statement: Statement,
  principal: Principal,
): PrincipalMatch | undefined {
  const { entries, negated } = statement.principals;
  if (negated) return isExcepted(statement, principal) ? undefined : "everyone";
  let found: PrincipalMatch | undefined;
  for (const entry of entries) {
    const match = matchEntry(entry, principal);
    // A direct match says more than one through the account.
    if (match !== undefined && (found === undefined || found === "account")) found = match;
  }
  return found;
}

function matchEntry(entry: PrincipalEntry, principal: Principal): PrincipalMatch | undefined {
  if (entry.type !== "AWS") return undefined;
  if (entry.value === "*") return "everyone";
  if (principal.kind === "anonymous") return undefined;
  if (accountOf(entry.value) === principal.accountId) {
    return principal.kind === "root" ? "root" : "account";
  }
  if (isUniqueId(entry.value)) {
    if (principal.userId.split(":")[0] !== entry.value) return undefined;
    return principal.kind === "user" ? "user" : "role";
  }
  if (entry.value === principal.arn) return principal.kind === "user" ? "user" : "session";
  return isRoleOf(entry.value, principal) ? "role" : undefined;
}

/** `123456789012` and `arn:aws:iam::123456789012:root` are the same principal. */
function accountOf(value: string): string | undefined {
  return (/^(\d{12})$/.exec(value) ?? /^arn:[^:]+:iam::(\d{12}):root$/.exec(value))?.[1];
}

/** A role's name is unique in its account whatever its path, and a session's ARN has no path. */
function isRoleOf(value: string, principal: KnownPrincipal): boolean {
  if (principal.kind !== "assumed-role") return false;
  const [, partition, service, , account, resource = ""] = splitArn(value);
  if (service !== "iam" || !resource.startsWith("role/")) return false;
  const own = splitArn(principal.principalArn);
  return (
    partition === own[1] &&
    account === principal.accountId &&
    resource.split("/").at(-1) === own[5]?.split("/").at(-1)
  );
}

/**
 * NotPrincipal. In a Deny AWS excepts a caller only when every layer is listed: the account, the
 * user or role, and for a role the session as well. Source: IAM User Guide, "NotPrincipal".
 */
function isExcepted(statement: Statement, principal: Principal): boolean {
  const matches = statement.principals.entries.map((entry) => matchEntry(entry, principal));
  const has = (match: PrincipalMatch) => matches.includes(match);
  if (has("everyone")) return true;
  if (statement.effect === "Allow") return matches.some((match) => match !== undefined);
  if (principal.kind === "anonymous") return false;
  if (principal.kind === "root") return has("root");
  if (principal.kind === "user") return has("account") && has("user");
  return has("account") && has("role") && has("session");
}
