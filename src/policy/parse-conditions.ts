import { parseOperator } from "./condition-operators.ts";
import type { ConditionClause } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

/** The Condition block as clauses. Throws PolicyError. */
export function parseConditions(block: unknown): readonly ConditionClause[] {
  if (block === undefined) return [];
  return membersOf(block).flatMap(([operator, keys]) => {
    if (parseOperator(operator) === undefined) {
      throw new PolicyError(`Invalid Condition type : ${operator}`);
    }
    return membersOf(keys).map(([key, value]) => {
      if (!/^[A-Za-z0-9-]+:\S+$/.test(key)) {
        throw new PolicyError("Policy has an invalid condition key");
      }
      return { operator, key, values: valuesOf(value) };
    });
  });
}

function membersOf(value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PolicyError("Invalid policy syntax.");
  }
  return Object.entries(value);
}

/** JSON numbers and booleans are taken for their text, as IAM does. */
function valuesOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => {
    if (typeof entry === "string") return entry;
    if (typeof entry === "number" || typeof entry === "boolean") return String(entry);
    throw new PolicyError("Invalid policy syntax.");
  });
}
