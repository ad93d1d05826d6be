import { withActual, type ConditionMatch } from "./compile-condition.ts";
import type { Assessment } from "./combine-layers.ts";
import type { CompiledPolicy } from "./compile-policy.ts";
import { type PrincipalMatch, type Reach, reachOf } from "./compile-principals.ts";
import {
  failedElements,
  matchStatement,
  prepareRequest,
  type CompiledStatement,
  type FailedElement,
  type PreparedRequest,
} from "./compile-statement.ts";
import type { StatementReference } from "./policy.ts";
import type { PolicyRequest } from "./request.ts";

/** What a policy says of one request, by itself. */
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

/**
 * Pure; the cost grows with the statements that cover the action, which S3 bounds to 20 KiB. Decisions
 * need less, see `assessPolicy`.
 */
export function evaluatePolicy(
  policy: CompiledPolicy,
  request: PolicyRequest,
  options: EvaluateOptions = {},
): PolicyVerdict {
  const prepared = prepareRequest(request);
  const { denies, allow, delegation } = matchAll(policy, prepared);
  const decider = denies[0] ?? allow;
  return {
    decision: decider === undefined ? "none" : decider === allow ? "allow" : "deny",
    statement: decider?.compiled.reference,
    matchedAs: decider?.as,
    conditions: (decider?.compiled.conditions ?? []).map(({ clause }) =>
      withActual(clause, prepared.lookup),
    ),
    denies: denies.map((match) => match.compiled.reference),
    delegation: delegation?.compiled.reference,
    nearestMiss:
      options.explain === true && decider === undefined
        ? findNearestMiss(policy, prepared)
        : undefined,
  };
}

/** As `evaluatePolicy`, without saying which statement it was: the first Deny is enough. */
export function assessPolicy(policy: CompiledPolicy, request: PreparedRequest): Assessment {
  const { ofAnybody, byName } = policy.forAction(request.action);
  let found = assessAll(ofAnybody, request, undefined);
  if (byName.size === 0) return assessmentOf(found);
  for (const name of request.caller.names) {
    const own = byName.get(name);
    if (own !== undefined && found !== "denies") found = assessAll(own, request, found);
  }
  return assessmentOf(found);
}

type Found = Reach | "denies" | undefined;

function assessAll(
  statements: readonly CompiledStatement[],
  request: PreparedRequest,
  before: Reach | undefined,
): Found {
  let reach = before;
  for (const compiled of statements) {
    const isDeny = compiled.statement.effect === "Deny";
    if (!isDeny && reach === "caller") continue;
    const as = matchStatement(compiled, request);
    if (as === undefined) continue;
    if (isDeny) return "denies";
    reach = furthest(reach, reachOf(as));
  }
  return reach;
}

function assessmentOf(found: Found): Assessment {
  if (found === "denies") return { denies: true, reach: undefined };
  return { denies: false, reach: found };
}

/** Of two Allows the one that gives more. */
export function furthest(one: Reach | undefined, other: Reach | undefined): Reach | undefined {
  if (one === "caller" || other === "caller") return "caller";
  return one === "role" || other === "role" ? "role" : (one ?? other);
}

/** Every statement that matches, of either effect. */
export function matchingStatements(
  policy: CompiledPolicy,
  request: PolicyRequest,
): readonly CompiledStatement[] {
  const prepared = prepareRequest(request);
  return policy
    .forAction(request.action)
    .statements.filter((compiled) => matchStatement(compiled, prepared) !== undefined);
}

interface MatchedStatement {
  readonly compiled: CompiledStatement;
  readonly as: PrincipalMatch;
}

interface Matches {
  readonly denies: readonly MatchedStatement[];
  readonly allow: MatchedStatement | undefined;
  readonly delegation: MatchedStatement | undefined;
}

/** All Denies, and the first Allow of each kind. */
function matchAll(policy: CompiledPolicy, request: PreparedRequest): Matches {
  const denies: MatchedStatement[] = [];
  let allow: MatchedStatement | undefined;
  let delegation: MatchedStatement | undefined;
  for (const compiled of policy.forAction(request.action).statements) {
    const as = matchStatement(compiled, request);
    if (as === undefined) continue;
    if (compiled.statement.effect === "Deny") denies.push({ compiled, as });
    else if (as === "account") delegation ??= { compiled, as };
    else allow ??= { compiled, as };
  }
  return { denies, allow, delegation };
}

function findNearestMiss(
  policy: CompiledPolicy,
  request: PreparedRequest,
): NearestMiss | undefined {
  let nearest: NearestMiss | undefined;
  for (const compiled of policy.statements) {
    if (compiled.statement.effect !== "Allow") continue;
    const failed = failedElements(compiled, request);
    const miss = { statement: compiled.reference, failed };
    if (failed.length > 0 && isNearer(miss, nearest)) nearest = miss;
  }
  return nearest;
}

/** Fewer elements failed; of as many, one whose action is the right one. */
export function isNearer(one: NearestMiss, other: NearestMiss | undefined): boolean {
  if (other === undefined) return true;
  const [count, than] = [one.failed.length, other.failed.length];
  return count < than || (count === than && !failsByAction(one) && failsByAction(other));
}

function failsByAction({ failed }: NearestMiss): boolean {
  return failed.some(({ element }) => element === "action");
}
