import { conditionHolds, describeCondition, withActual } from "./match-conditions.ts";
import type { PrincipalMatch } from "./match-principal.ts";
import { matchPrincipals } from "./match-principal.ts";
import type { PatternSet, Policy, Statement } from "./policy.ts";
import type { ContextLookup, PolicyRequest } from "./request.ts";
import type { ResolveVariable } from "./wildcard.ts";
import { compileGlob, globMatches, matchesPattern } from "./wildcard.ts";

/** A request with what is derived from it once for all statements. */
export interface PreparedRequest extends PolicyRequest {
  readonly lookup: ContextLookup;
  /** Undefined in a policy of 2008-10-17, which has no variables. */
  readonly resolve: ResolveVariable | undefined;
}

export function prepare(
  policy: Policy,
  request: PolicyRequest,
  lookup: ContextLookup,
): PreparedRequest {
  const resolve: ResolveVariable = (key) => {
    const values = lookup(key);
    // A key with several values has no one text to put in.
    return values?.length === 1 ? values[0] : undefined;
  };
  return { ...request, lookup, resolve: policy.version === "2012-10-17" ? resolve : undefined };
}

/** How the statement names the caller when all its elements match, else undefined. */
export function matchStatement(
  statement: Statement,
  request: PreparedRequest,
): PrincipalMatch | undefined {
  if (!actionMatches(statement.actions, request)) return undefined;
  const principal = matchPrincipals(statement, request.principal);
  if (principal === undefined || !resourceMatches(statement.resources, request)) return undefined;
  const holds = statement.conditions.every((clause) =>
    conditionHolds(clause, request.lookup, request.resolve),
  );
  return holds ? principal : undefined;
}

export interface FailedElement {
  readonly element: "action" | "principal" | "resource" | "condition";
  readonly detail: string;
}

/** Every element that keeps a statement from matching; empty when it matches. */
export function failedElements(statement: Statement, request: PreparedRequest): FailedElement[] {
  const failed: FailedElement[] = [];
  if (!actionMatches(statement.actions, request)) {
    failed.push({
      element: "action",
      detail: `${request.action} is not among ${list(statement.actions)}`,
    });
  }
  if (matchPrincipals(statement, request.principal) === undefined) {
    const listed = statement.principals.entries.map((entry) => entry.value).join(", ");
    const who =
      request.principal.kind === "anonymous" ? "an anonymous caller" : request.principal.arn;
    failed.push({ element: "principal", detail: `${who} is not named by ${listed}` });
  }
  if (!resourceMatches(statement.resources, request)) {
    failed.push({ element: "resource", detail: resourceDetail(statement.resources, request) });
  }
  for (const clause of statement.conditions) {
    if (conditionHolds(clause, request.lookup, request.resolve)) continue;
    const detail = describeCondition(withActual(clause, request.lookup));
    failed.push({ element: "condition", detail });
  }
  return failed;
}

/** The most common mistake is worth its own words. */
function resourceDetail(resources: PatternSet, request: PreparedRequest): string {
  const plain = `${request.resource} is not among ${list(resources)}`;
  const isObject = request.resource.includes("/");
  const allOfOtherKind = resources.patterns.every((pattern) => pattern.includes("/") !== isObject);
  if (resources.negated || !allOfOtherKind) return plain;
  return isObject
    ? `${plain}; ${request.action} needs the object ARN, which ends in /*`
    : `${plain}; ${request.action} needs the bucket ARN, without /*`;
}

function actionMatches(actions: PatternSet, request: PreparedRequest): boolean {
  const listed = actions.patterns.some((pattern) =>
    matchesPattern(pattern, request.action, { ignoreCase: true }),
  );
  return listed !== actions.negated;
}

/** A variable without a value makes the statement void, also under NotResource. */
function resourceMatches(resources: PatternSet, request: PreparedRequest): boolean {
  let listed = false;
  for (const pattern of resources.patterns) {
    const glob = compileGlob(pattern, request.resolve);
    if (glob === undefined) return false;
    listed ||= globMatches(glob, request.resource);
  }
  return listed !== resources.negated;
}

function list(patterns: PatternSet): string {
  return `${patterns.negated ? "all but " : ""}${patterns.patterns.join(", ")}`;
}
