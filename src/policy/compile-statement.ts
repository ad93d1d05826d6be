import {
  compileCondition,
  describeCondition,
  withActual,
  type CompiledCondition,
} from "./compile-condition.ts";
import {
  type CompiledPrincipals,
  compilePrincipals,
  type PreparedPrincipal,
  preparePrincipal,
  type PrincipalMatch,
} from "./compile-principals.ts";
import { compilePattern } from "./pattern.ts";
import type { PatternSet, Policy, Statement, StatementReference } from "./policy.ts";
import { type ContextLookup, type PolicyRequest, principalValue } from "./request.ts";
import { holdsForTags, isTagKey } from "./readings.ts";
import { compileTokens, tokensOf } from "./wildcard.ts";

export interface CompiledStatement {
  readonly statement: Statement;
  readonly reference: StatementReference;
  readonly principals: CompiledPrincipals;
  readonly conditions: readonly CompiledCondition[];
  /** Every condition key whose value can change the answer, in lower case. */
  readonly keys: readonly string[];
  /** Those of them that stand for a tag. */
  readonly tagKeys: readonly string[];
  /** The condition keys of its resources' variables. */
  readonly resourceKeys: readonly string[];
  /** `action` in lower case. */
  coversAction(action: string): boolean;
  coversResource(resource: string, lookup: ContextLookup): boolean;
}

export function compileStatement(
  statement: Statement,
  index: number,
  version: Policy["version"],
): CompiledStatement {
  const variables = version === "2012-10-17";
  const conditions = statement.conditions.map((clause) =>
    compileCondition(clause, { variables, effect: statement.effect }),
  );
  const actions = statement.actions.patterns.map((pattern) =>
    compileTokens(tokensOf(pattern.toLowerCase())),
  );
  const options = { variables, wildcards: true, compile: compileTokens };
  const resources = statement.resources.patterns.map((text) => compilePattern(text, options));
  const keys = [...new Set([...resources, ...conditions].flatMap((part) => part.keys))];
  return {
    statement,
    reference: statement.sid === undefined ? { index } : { index, sid: statement.sid },
    principals: compilePrincipals(statement),
    conditions,
    keys,
    tagKeys: keys.filter(isTagKey),
    resourceKeys: resources.flatMap((pattern) => pattern.keys),
    coversAction: (action) =>
      actions.some((matches) => matches(action)) !== statement.actions.negated,
    coversResource: (resource, lookup) => {
      // Asked of every statement of every policy: a loop costs half of what `some` does.
      for (const pattern of resources) {
        if (pattern.matches(resource, lookup)) return !statement.resources.negated;
      }
      return statement.resources.negated;
    },
  };
}

/** A request with what all statements ask of it. */
export interface PreparedRequest extends PolicyRequest {
  readonly caller: PreparedPrincipal;
  readonly lookup: ContextLookup;
}

export function prepareRequest(request: PolicyRequest): PreparedRequest {
  const { context, principal, action, resource } = request;
  const known = new Map<string, readonly string[] | undefined>();
  return {
    principal,
    action,
    resource,
    context,
    caller: preparePrincipal(principal),
    lookup: (key) => {
      if (known.has(key)) return known.get(key);
      const values = context?.(key) ?? principalValue(principal, key);
      known.set(key, values);
      return values;
    },
  };
}

/**
 * How the statement names the caller when all its elements but the action match, else undefined.
 */
export function matchStatement(
  compiled: CompiledStatement,
  { caller, resource, lookup }: PreparedRequest,
): PrincipalMatch | undefined {
  const match = compiled.principals.match(caller);
  if (match === undefined) return undefined;
  const { tagKeys, resourceKeys } = compiled;
  if (tagKeys.length === 0) return covers(compiled, resource, lookup) ? match : undefined;
  // Tags cost a read, so the resource is judged before they are looked at.
  if (resourceKeys.length === 0 && !compiled.coversResource(resource, lookup)) return undefined;
  const holds = (view: ContextLookup): boolean => covers(compiled, resource, view);
  return holdsForTags(compiled.statement.effect, tagKeys, lookup, holds) ? match : undefined;
}

function covers(compiled: CompiledStatement, resource: string, lookup: ContextLookup): boolean {
  if (!compiled.coversResource(resource, lookup)) return false;
  for (const condition of compiled.conditions) if (!condition.holds(lookup)) return false;
  return true;
}

/** The element of a statement that kept it from fitting. */
export interface FailedElement {
  readonly element: "action" | "principal" | "resource" | "condition";
  readonly detail: string;
}

/** Every element that keeps a statement from matching; empty when it matches. */
export function failedElements(
  compiled: CompiledStatement,
  request: PreparedRequest,
): FailedElement[] {
  const { statement, principals, conditions } = compiled;
  const failed: FailedElement[] = [];
  if (!compiled.coversAction(request.action.toLowerCase())) {
    failed.push({
      element: "action",
      detail: `${request.action} is not among ${list(statement.actions)}`,
    });
  }
  if (principals.match(request.caller) === undefined) {
    const listed = statement.principals.entries.map((entry) => entry.value).join(", ");
    const who =
      request.principal.kind === "anonymous" ? "an anonymous caller" : request.principal.arn;
    failed.push({ element: "principal", detail: `${who} is not named by ${listed}` });
  }
  if (!compiled.coversResource(request.resource, request.lookup)) {
    failed.push({ element: "resource", detail: resourceDetail(statement.resources, request) });
  }
  for (const condition of conditions) {
    if (condition.holds(request.lookup)) continue;
    const detail = describeCondition(withActual(condition.clause, request.lookup));
    failed.push({ element: "condition", detail });
  }
  return failed;
}

/**
 * An object's action on the bucket's ARN, or the reverse, is the most common mistake, so the text
 * says how to mend it.
 */
function resourceDetail(resources: PatternSet, request: PreparedRequest): string {
  const plain = `${request.resource} is not among ${list(resources)}`;
  const isObject = request.resource.includes("/");
  const allOfOtherKind = resources.patterns.every((pattern) => pattern.includes("/") !== isObject);
  if (resources.negated || !allOfOtherKind) return plain;
  return isObject
    ? `${plain}; ${request.action} needs the object ARN, which ends in /*`
    : `${plain}; ${request.action} needs the bucket ARN, without /*`;
}

function list(patterns: PatternSet): string {
  return `${patterns.negated ? "all but " : ""}${patterns.patterns.join(", ")}`;
}
