import { compileValue, parseOperator, type ParsedOperator } from "./condition-operators.ts";
import type { ConditionClause, Statement } from "./policy.ts";
import type { ContextLookup } from "./request.ts";

export interface CompiledCondition {
  readonly clause: ConditionClause;
  /** The condition keys that it asks for, its variables' included, in lower case. */
  readonly keys: readonly string[];
  holds(lookup: ContextLookup): boolean;
}

/**
 * Source of the rules for missing keys and sets: IAM User Guide, "Condition operators" and
 * "Multivalued context keys". A clause with an unknown operator never holds in an Allow and always in
 * a Deny.
 */
export function compileCondition(
  clause: ConditionClause,
  { variables, effect }: { readonly variables: boolean; readonly effect: Statement["effect"] },
): CompiledCondition {
  const key = clause.key.toLowerCase();
  const operator = parseOperator(clause.operator);
  if (operator === undefined) return { clause, keys: [key], holds: () => effect === "Deny" };
  if (operator.base === "Null") {
    const wanted = new Set(clause.values.map((value) => value.toLowerCase()));
    const holds = (lookup: ContextLookup) => wanted.has(String(lookup(key) === undefined));
    return { clause, keys: [key], holds };
  }
  const wanted = clause.values.flatMap((value) => compileValue(operator, value, variables) ?? []);
  const withoutKey = holdsWithoutKey(operator);
  const all = operator.set === "ForAllValues" || (operator.set === undefined && operator.negated);
  return {
    clause,
    keys: [key, ...wanted.flatMap((pattern) => pattern.keys)],
    holds: (lookup) => {
      const actual = lookup(key);
      if (actual === undefined) return withoutKey;
      const fits = (value: string) =>
        wanted.some((pattern) => pattern.matches(value, lookup)) !== operator.negated;
      return all ? actual.every(fits) : actual.some(fits);
    },
  };
}

function holdsWithoutKey(operator: ParsedOperator): boolean {
  if (operator.ifExists || operator.set === "ForAllValues") return true;
  return operator.set === undefined && operator.negated;
}

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
  return { ...clause, actual: lookup(clause.key.toLowerCase()) };
}
