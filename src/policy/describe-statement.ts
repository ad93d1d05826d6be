import type { ConditionClause, PatternSet, Statement } from "./policy.ts";

/** A statement in words: who may or may not do what, on what, when. */
export interface StatementWords {
  readonly who: readonly string[];
  readonly what: readonly string[];
  readonly on: readonly string[];
  /** All of them have to hold. */
  readonly when: readonly string[];
}

export function statementWords(statement: Statement): StatementWords {
  const { principals, actions, resources, conditions } = statement;
  const named = principals.entries.map(principalWords);
  return {
    who: principals.negated ? ["everybody but", ...named] : named,
    what: patternWords(actions),
    on: patternWords(resources),
    when: conditions.map(conditionWords),
  };
}

function principalWords({ type, value }: Statement["principals"]["entries"][number]): string {
  if (type === "AWS" && value === "*") return "everybody";
  if (type === "Service") return `the service ${value}`;
  if (type === "Federated") return `whoever ${value} vouches for`;
  if (type === "CanonicalUser") return `the account of the canonical id ${value}`;
  const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1];
  if (account !== undefined) return `account ${account}, as far as its own policies allow it`;
  if (/^(?:AROA|AIDA)/.test(value)) return `${value} (the id of a role or user that is gone)`;
  const session = /:assumed-role\/([^/]+)\/(.+)$/.exec(value);
  if (session !== null) return `the session ${session[2]} of role ${session[1]} alone (${value})`;
  return value;
}

function patternWords({ negated, patterns }: PatternSet): readonly string[] {
  return negated ? ["everything but", ...patterns] : patterns;
}

const operatorWords: ReadonlyMap<string, string> = new Map([
  ["StringEquals", "is"],
  ["StringNotEquals", "is not"],
  ["StringEqualsIgnoreCase", "is, in any case,"],
  ["StringNotEqualsIgnoreCase", "is not, in any case,"],
  ["StringLike", "is like"],
  ["StringNotLike", "is not like"],
  ["ArnEquals", "is like"],
  ["ArnLike", "is like"],
  ["ArnNotEquals", "is not like"],
  ["ArnNotLike", "is not like"],
  ["Bool", "is"],
  ["IpAddress", "is in"],
  ["NotIpAddress", "is not in"],
  ["NumericEquals", "is"],
  ["NumericNotEquals", "is not"],
  ["NumericLessThan", "is below"],
  ["NumericLessThanEquals", "is at most"],
  ["NumericGreaterThan", "is above"],
  ["NumericGreaterThanEquals", "is at least"],
  ["DateEquals", "is"],
  ["DateNotEquals", "is not"],
  ["DateLessThan", "is before"],
  ["DateLessThanEquals", "is not after"],
  ["DateGreaterThan", "is after"],
  ["DateGreaterThanEquals", "is not before"],
]);

function conditionWords({ operator, key, values }: ConditionClause): string {
  const [, set, base = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(operator) ?? [];
  if (base === "Null") return `${key} is ${values[0] === "true" ? "not sent" : "sent"}`;
  const verb = operatorWords.get(base);
  if (verb === undefined) return `${operator} ${key}: ${values.join(", ")}`;
  const whose = set === undefined ? key : `${set === "ForAllValues" ? "every" : "some"} ${key}`;
  const join = verb.includes("not") ? " nor " : " or ";
  const missing = ifExists === undefined ? "" : ", or it is not sent";
  return `${whose} ${verb} ${values.join(join)}${missing}`;
}
