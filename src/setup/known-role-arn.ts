import type { StatementDocument } from "../policy/compare-statements.ts";
import type { ResolvedPrincipal } from "./resolve-principals.ts";

/**
 * A role that may not look itself up (iam:GetRole) is known by the ARN that our own statements give
 * it already. Else everybody who may not would see a difference that is none, and put patterns in
 * the place of the ARN.
 */
export function withKnownArn(
  principal: ResolvedPrincipal,
  ownStatements: readonly StatementDocument[],
): ResolvedPrincipal {
  const { arn, accountId, partition, roleName } = principal;
  if (arn !== undefined || roleName === undefined) return principal;
  const prefix = `arn:${partition}:iam::${accountId}:role/`;
  const isThisRole = (text: string) =>
    text.startsWith(prefix) && text.split("/").at(-1) === roleName;
  const named = ownStatements.flatMap(textsOf).filter(isThisRole);
  const [known] = named;
  // A pattern among them shows that its path was not known then either.
  if (known === undefined || named.some((text) => /[*?]/.test(text))) return principal;
  return { ...principal, arn: known, problem: undefined };
}

/** Every text in a JSON value. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
