import { actionsWithKey } from "./condition-keys.ts";
import { compileValue, parseOperator } from "./condition-operators.ts";
import type { ConditionClause } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";
import type { PolicyReading } from "./policy-reading.ts";

/** The Condition block as clauses; `variables` says whether the policy's version has them. */
export function parseConditions(
  block: unknown,
  variables: boolean,
  reading: PolicyReading,
): readonly ConditionClause[] {
  if (block === undefined) return [];
  return membersOf(block).flatMap(([operator, keys]) => {
    if (parseOperator(operator) === undefined) {
      reading.refuse("Condition", operator, `Invalid Condition type : ${operator}`);
    }
    return membersOf(keys).map(([key, value]) => {
      if (!isKnownKey(key)) {
        reading.refuse("Condition", key, "Policy has an invalid condition key");
      }
      const clause = { operator, key, values: valuesOf(value) };
      assertValues(clause, variables, reading);
      return clause;
    });
  });
}

/** Keys of other services, and those that AWS adds for all of them, are judged by their form alone. */
function isKnownKey(key: string): boolean {
  // Those of a federation begin with its issuer, as a URL without https://.
  if (!/^(?:[A-Za-z0-9.-]+|[A-Za-z0-9-]+\.[A-Za-z0-9.-]+\/[\w.~/-]+):\S+$/.test(key)) return false;
  return !/^s3:/i.test(key) || actionsWithKey(key) !== undefined;
}

function assertValues(clause: ConditionClause, variables: boolean, reading: PolicyReading): void {
  const operator = parseOperator(clause.operator);
  if (operator === undefined) return;
  for (const value of clause.values) {
    if (compileValue(operator, value, variables) !== undefined) continue;
    const message = operator.base.endsWith("IpAddress")
      ? "Invalid IP address in Conditions"
      : `Invalid value in Conditions for ${clause.operator} : ${value}`;
    reading.refuse("Condition", `${clause.operator} ${clause.key} ${value}`, message);
  }
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
