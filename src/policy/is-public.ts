import { parseOperator } from "./condition-operators.ts";
import type { ConditionClause, Policy, Statement } from "./policy.ts";

/**
 * S3's meaning of a public policy: some Allow reaches beyond principals and networks that are fixed.
 * One such statement makes the whole policy public. Source: S3 User Guide, "The meaning of public";
 * `aws:PrincipalAccount` and `aws:PrincipalArn` are not in that list of 2023 and are taken for fixed
 * when their values are.
 */
export function isPublicPolicy(policy: Policy): boolean {
  return policy.statements.some(isPublicStatement);
}

export function isPublicStatement(statement: Statement): boolean {
  if (statement.effect === "Deny") return false;
  const { negated, entries } = statement.principals;
  const open = negated || entries.some((entry) => entry.type === "AWS" && entry.value === "*");
  return open && !statement.conditions.some(isFixed);
}

/** Keys that pin a statement down when their values are fixed, in lower case. */
const pinningKeys: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ["aws:principalaccount", isLiteral],
  ["aws:principalarn", isLiteral],
  ["aws:principalorgid", isLiteral],
  ["aws:principalorgpaths", isFixedOrganization],
  ["aws:sourceip", isNarrowNetwork],
  ["aws:sourcearn", isLiteral],
  ["aws:sourcevpc", isLiteral],
  ["aws:sourcevpce", isLiteral],
  ["aws:sourceowner", isLiteral],
  ["aws:sourceaccount", isLiteral],
  ["aws:userid", isFixedUserId],
  ["s3:dataaccesspointarn", isFixedAccessPoint],
  ["s3:dataaccesspointaccount", isLiteral],
  ["s3:x-amz-server-side-encryption-aws-kms-key-id", isLiteral],
]);

const pinningOperators: ReadonlySet<string> = new Set([
  "StringEquals",
  "StringEqualsIgnoreCase",
  "StringLike",
  "ArnEquals",
  "ArnLike",
  "IpAddress",
]);

function isFixed(clause: ConditionClause): boolean {
  const operator = parseOperator(clause.operator);
  if (operator === undefined || !pinningOperators.has(operator.base)) return false;
  // Both are true for a request that does not carry the key.
  if (operator.ifExists || operator.set === "ForAllValues") return false;
  const fixed = pinningKeys.get(clause.key.toLowerCase());
  return fixed !== undefined && clause.values.length > 0 && clause.values.every(fixed);
}

function isLiteral(value: string): boolean {
  return value !== "" && !/[*?]|\$\{/.test(value);
}

/** `o-a1b2/*`: the organization is named, the rest of the path may be open. */
function isFixedOrganization(value: string): boolean {
  return isLiteral(value.split("/")[0] ?? "");
}

/** Not wider than /8 in IPv4 and /32 in IPv6. */
function isNarrowNetwork(value: string): boolean {
  const [network = "", length] = value.split("/");
  if (!isLiteral(network)) return false;
  return length === undefined || Number(length) >= (network.includes(":") ? 32 : 8);
}

/** `AROAID:*` names every session of a role, which S3 does not take for fixed. */
function isFixedUserId(value: string): boolean {
  return isLiteral(value);
}

/** The access point's name may be open, its account not. */
function isFixedAccessPoint(value: string): boolean {
  const [, , , , account = ""] = value.split(":");
  return isLiteral(account);
}
