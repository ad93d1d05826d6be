import type { ConditionMatch } from "./match-conditions.ts";
import { withActual } from "./match-conditions.ts";
import type { PrincipalMatch } from "./match-principal.ts";
import type { FailedElement, PreparedRequest } from "./match-statement.ts";
import { failedElements, matchStatement, prepare } from "./match-statement.ts";
import type { Policy, Statement, StatementReference } from "./policy.ts";
import type { PolicyRequest } from "./request.ts";
import { contextOf } from "./request.ts";

/** What a bucket policy says of one request, by itself. */
export interface PolicyVerdict {
  /**
   * `deny`: an explicit Deny matched. `allow`: an Allow names the caller. `none`: neither; an Allow
   * to the caller's whole account is no allow by itself and stands in `delegation`.
   */
  readonly decision: "allow" | "deny" | "none";
  /** The statement that decided, how it names the caller, and the conditions that held. */
  readonly statement: StatementReference | undefined;
  readonly matchedAs: PrincipalMatch | undefined;
  readonly conditions: readonly ConditionMatch[];
  /** Every Deny that matched; AWS reports one. */
  readonly denies: readonly StatementReference[];
  /** An Allow to the account, which lets the account's identity policies decide. */
  readonly delegation: StatementReference | undefined;
  /** With `explain` and decision `none`: the Allow with the fewest elements that failed. */
  readonly nearestMiss: NearestMiss | undefined;
}

export interface NearestMiss {
  readonly statement: StatementReference;
  readonly failed: readonly FailedElement[];
}

export interface EvaluateOptions {
  /** Looks for the nearest miss too. Default false. */
  readonly explain?: boolean;
}

/** Pure; the cost grows with the policy, which S3 bounds to 20 KiB. */
export function evaluateBucketPolicy(
  policy: Policy,
  request: PolicyRequest,
  options: EvaluateOptions = {},
): PolicyVerdict {
  const prepared = prepare(policy, request, contextOf(request));
  const matched = matchAll(policy, prepared);
  const denies = matched.filter((match) => match.statement.effect === "Deny");
  const allows = matched.filter((match) => match.statement.effect === "Allow");
  const allow = allows.find((match) => match.as !== "account");
  const delegation = allows.find((match) => match.as === "account");
  const decider = denies[0] ?? allow;
  return {
    decision: decider === undefined ? "none" : decider === allow ? "allow" : "deny",
    statement: decider?.reference,
    matchedAs: decider?.as,
    conditions: (decider?.statement.conditions ?? []).map((clause) =>
      withActual(clause, prepared.lookup),
    ),
    denies: denies.map((match) => match.reference),
    delegation: delegation?.reference,
    nearestMiss:
      options.explain === true && decider === undefined
        ? findNearestMiss(policy, prepared)
        : undefined,
  };
}

interface MatchedStatement {
  readonly statement: Statement;
  readonly reference: StatementReference;
  readonly as: PrincipalMatch;
}

function matchAll(policy: Policy, request: PreparedRequest): MatchedStatement[] {
  return policy.statements.flatMap((statement, index) => {
    const as = matchStatement(statement, request);
    return as === undefined ? [] : [{ statement, reference: reference(statement, index), as }];
  });
}

function findNearestMiss(policy: Policy, request: PreparedRequest): NearestMiss | undefined {
  let nearest: NearestMiss | undefined;
  for (const [index, statement] of policy.statements.entries()) {
    if (statement.effect !== "Allow") continue;
    const failed = failedElements(statement, request);
    if (failed.length === 0) continue;
    if (nearest === undefined || failed.length < nearest.failed.length) {
      nearest = { statement: reference(statement, index), failed };
    }
  }
  return nearest;
}

function reference(statement: Statement, index: number): StatementReference {
  return statement.sid === undefined ? { index } : { index, sid: statement.sid };
}
