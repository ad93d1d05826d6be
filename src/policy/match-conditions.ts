import type { Comparison, ParsedOperator } from "./condition-operators.ts";
import { comparisonOf, parseOperator } from "./condition-operators.ts";
import type { ConditionClause } from "./policy.ts";
import type { ContextLookup } from "./request.ts";
import type { ResolveVariable } from "./wildcard.ts";

/** A condition as it met the request, for explanations. */
export interface ConditionMatch extends ConditionClause {
  /** Undefined: the request does not carry the key. */
  readonly actual: readonly string[] | undefined;
}

export function describeCondition(condition: ConditionMatch): string {
  const actual =
    condition.actual === undefined
      ? "the request does not carry it"
      : `the request has ${condition.actual.map((value) => JSON.stringify(value)).join(", ")}`;
  return `${condition.operator} ${condition.key} [${condition.values.join(", ")}]; ${actual}`;
}

export function withActual(clause: ConditionClause, lookup: ContextLookup): ConditionMatch {
  return { ...clause, actual: lookup(clause.key) };
}

/** Source of the rules for missing keys and sets: IAM User Guide, "Condition operators". */
export function conditionHolds(
  clause: ConditionClause,
  lookup: ContextLookup,
  resolve: ResolveVariable | undefined,
): boolean {
  const operator = parseOperator(clause.operator);
  if (operator === undefined) return false;
  const actual = lookup(clause.key);
  if (operator.base === "Null") {
    return clause.values.some(
      (value) => (value.toLowerCase() === "true") === (actual === undefined),
    );
  }
  if (actual === undefined || (operator.set !== undefined && actual.length === 0)) {
    return holdsWithoutKey(operator);
  }
  return holdsForValues(operator, actual, clause.values, resolve);
}

function holdsWithoutKey(operator: ParsedOperator): boolean {
  if (operator.ifExists || operator.set === "ForAllValues") return true;
  return operator.set === undefined && operator.negated;
}

function holdsForValues(
  operator: ParsedOperator,
  actual: readonly string[],
  wanted: readonly string[],
  resolve: ResolveVariable | undefined,
): boolean {
  const compare = comparisonOf(operator);
  const verdicts = actual.map((value) => matchesAny(compare, value, wanted, resolve));
  // A variable without a value gives undefined, which fits no operator: the statement is void.
  const fits = (verdict: boolean | undefined) => verdict === !operator.negated;
  const all = operator.set === "ForAllValues" || (operator.set === undefined && operator.negated);
  return all ? verdicts.every(fits) : verdicts.some(fits);
}

function matchesAny(
  compare: Comparison,
  actual: string,
  wanted: readonly string[],
  resolve: ResolveVariable | undefined,
): boolean | undefined {
  let matched = false;
  for (const value of wanted) {
    const verdict = compare(actual, value, resolve);
    if (verdict === undefined) return undefined;
    matched ||= verdict;
  }
  return matched;
}
