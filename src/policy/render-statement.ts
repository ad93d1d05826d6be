import type { StatementDocument } from "./compare-statements.ts";
import type { ConditionClause, PatternSet, Statement } from "./policy.ts";

/** A statement as JSON, in the shortest spelling. `principals`: of a policy that names some. */
export function renderStatement(
  { sid, effect, principals, actions, resources, conditions }: Statement,
  { principals: hasPrincipals }: { readonly principals: boolean },
): StatementDocument {
  const who = principals.negated ? "NotPrincipal" : "Principal";
  return {
    ...(sid !== undefined && { Sid: sid }),
    Effect: effect,
    ...(hasPrincipals && { [who]: renderPrincipals(principals.entries) }),
    ...renderPatterns("Action", actions),
    ...renderPatterns("Resource", resources),
    ...(conditions.length > 0 && { Condition: renderConditions(conditions) }),
  };
}

function renderPrincipals(entries: Statement["principals"]["entries"]): unknown {
  const [first] = entries;
  if (entries.length === 1 && first?.type === "AWS" && first.value === "*") return "*";
  const byType = new Map<string, string[]>();
  for (const { type, value } of entries) byType.set(type, [...(byType.get(type) ?? []), value]);
  return Object.fromEntries(Array.from(byType, ([type, values]) => [type, oneOrList(values)]));
}

function renderPatterns(name: string, { negated, patterns }: PatternSet): StatementDocument {
  return { [negated ? `Not${name}` : name]: oneOrList(patterns) };
}

/** Clauses of one operator on one key stay apart: their values are AND-ed, and JSON has no place for it. */
function renderConditions(clauses: readonly ConditionClause[]): StatementDocument {
  const block: Record<string, Record<string, unknown>> = {};
  for (const { operator, key, values } of clauses) {
    block[operator] = { ...block[operator], [key]: oneOrList(values) };
  }
  return block;
}

function oneOrList(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}
