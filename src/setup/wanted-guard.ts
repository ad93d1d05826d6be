import type { OwnStatement } from "../policy/merge.ts";
import type { Note } from "./aspect.ts";
import type { DesiredState, PolicyWish } from "./desired-state.ts";
import type { ObservedState } from "./observed-state.ts";
import { textsOf } from "./known-role-arn.ts";
import { guardStatement, ownSids, type StatementScope } from "./policy-statements.ts";
import type { RecalledPolicy } from "./recall-policy.ts";
import { principalPatterns } from "./resolve-principals.ts";

interface WantedGuard {
  readonly statements: readonly OwnStatement[];
  readonly retired: readonly string[];
  readonly notes: readonly Note[];
}

const nothing: WantedGuard = { statements: [], retired: [], notes: [] };

/** The Deny for everybody else, as wished; what nobody said stays as it is found. */
export function wantedGuard(
  { ownerAccountId }: DesiredState,
  { guard }: PolicyWish,
  { caller, principals }: ObservedState,
  {
    scope,
    recalled,
  }: { readonly scope: StatementScope; readonly recalled: RecalledPolicy | undefined },
): WantedGuard {
  if (guard === undefined) return nothing;
  if (guard === "none") return { ...nothing, retired: [ownSids.guard] };
  const owner = ownerAccountId ?? caller?.accountId;
  const known = principals.filter(({ kind }) => kind === "role" || kind === "user");
  if (owner === undefined || (guard === "principals" && known.length === 0)) {
    const text = "No guard is put: the store does not say whom it would have to let in.";
    return { ...nothing, notes: [{ level: "warning", text }] };
  }
  const accounts = [...new Set([owner, ...known.map(({ accountId }) => accountId)])];
  // Whoever our statements let in already is let in here too.
  const before = textsOf(recalled?.grantee).filter((text) => text.startsWith("arn:"));
  // The account's root user can always take a policy away; it is to be able to look before.
  const arns = [
    ...new Set([...before, ...known.flatMap(principalPatterns)]),
    `arn:${scope.partition}:iam::${owner}:root`,
  ];
  return {
    ...nothing,
    statements: [guardStatement(scope, guard, guard === "account" ? accounts : arns)],
  };
}
