/** A statement as JSON holds it. */
export type StatementDocument = Readonly<Record<string, unknown>>;

/**
 * Whether two statements mean the same: order and repetition in lists, a lone value or a list of
 * one, `"*"` or `{"AWS":"*"}`, an account id or its root ARN, and the case of actions and condition
 * keys make no difference. The Sid is left out.
 */
export function sameStatement(a: StatementDocument, b: StatementDocument): boolean {
  return canonicalStatement(a) === canonicalStatement(b);
}

/** One text for all spellings of a statement. */
export function canonicalStatement(statement: StatementDocument): string {
  const entries = Object.entries(statement)
    .filter(([name]) => name !== "Sid")
    .map(([name, value]) => [name, canonicalElement(name, value)] as const);
  return JSON.stringify(sortByName(entries));
}

function canonicalElement(name: string, value: unknown): unknown {
  switch (name) {
    case "Action":
    case "NotAction":
      return setOf(value, (text) => text.toLowerCase());
    case "Principal":
    case "NotPrincipal":
      return canonicalPrincipal(value);
    case "Condition":
      return canonicalCondition(value);
    case "Resource":
    case "NotResource":
      return setOf(value, (text) => text);
    default:
      return value;
  }
}

function canonicalPrincipal(value: unknown): unknown {
  const types = isObject(value) ? Object.entries(value) : [["AWS", value] as const];
  return sortByName(
    types.map(([type, listed]) => [type, setOf(listed, canonicalAccount)] as const),
  );
}

function canonicalAccount(text: string): string {
  return /^arn:[^:]+:iam::(\d{12}):root$/.exec(text)?.[1] ?? text;
}

function canonicalCondition(value: unknown): unknown {
  if (!isObject(value)) return value;
  return sortByName(
    Object.entries(value).map(([operator, keys]) => [
      operator,
      isObject(keys)
        ? sortByName(
            Object.entries(keys).map(([key, values]) => [
              key.toLowerCase(),
              setOf(values, (text) => text),
            ]),
          )
        : keys,
    ]),
  );
}

/** Sorted, without repetitions; numbers and booleans as their text, as IAM reads them. */
function setOf(value: unknown, fold: (text: string) => string): unknown[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.map((entry) =>
    typeof entry === "string" ? fold(entry) : JSON.stringify(entry),
  );
  return [...new Set(texts)].sort();
}

/** Pairs rather than an object, so that names which are alike stay apart. */
function sortByName(
  entries: readonly (readonly [string, unknown])[],
): (readonly [string, unknown])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
